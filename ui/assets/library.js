// The library page: files dropped on it, questions before something is taken out, and the progress of work.
"use strict";
(() => {
  const every = 1000; // milliseconds between two looks at the work that goes on
  const drop = document.querySelector(".k-drop");
  if (drop) {
    const input = drop.querySelector("input");
    const form = drop.closest("form");
    for (const name of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.toggle("k-over", name === "dragover");
        if (name === "drop") input.files = event.dataTransfer.files;
      });
    }
    form.addEventListener("submit", (event) => {
      const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
      if (bytes > Number(form.dataset.limit) * 1e6) {
        event.preventDefault();
        window.alert(form.dataset.tooLarge);
      }
    });
  }
  for (const form of document.querySelectorAll("form[data-sure]")) {
    form.addEventListener("submit", (event) => { if (!window.confirm(form.dataset.sure)) event.preventDefault(); });
  }
  async function look() {
    const job = document.querySelector("#job");
    if (job?.dataset.running !== "yes") return;
    const reply = await fetch("/library/job");
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("#job");
    job.replaceWith(fresh);
    if (fresh.dataset.running !== "yes") return void window.location.reload();
    setTimeout(look, every);
  }
  setTimeout(look, every);
})();
