// Sources beside the answer, and what the keyboard does. All text arrives escaped from the server;
// this file moves it about and never builds HTML from words.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const pane = one("#k-pane");
  const body = pane && one(".k-pane-body", pane);
  const card = one("#k-card");
  const voice = one("#k-announce");
  const wait = { settle: 80, word: 1600 }; // milliseconds
  let opener = null; // the marker to which Esc returns
  let cards = null; // the cards last shown, kept while the full text is open

  // --- what an answer says about its sources -------------------------------------------------

  const textOf = (selector, within) => one(selector, within)?.textContent.trim() ?? "";

  // "/source/17c8aaaaeb079db9?at=1090-1150#mark-1"
  const addressOf = (link) => {
    const url = new URL(link.href);
    const [start, end] = (url.searchParams.get("at") ?? "0-0").split("-").map(Number);
    return { doc_id: decodeURIComponent(url.pathname.split("/").pop()), start, end };
  };

  const sourcesOf = (answer) =>
    all(".k-list li", answer).map((item) => {
      const link = one(".k-open", item);
      const title = textOf(".k-title", link).replace(/^《|》$/g, "");
      return {
        ...addressOf(link), number: item.hasAttribute("value") ? item.value : 0, source: link.title, title,
        locator: textOf(".k-locator", link), date: textOf(".k-date", link), shown: one("blockquote", item).textContent,
      };
    });

  const itemOf = (mark) =>
    all(".k-cited li", mark.closest(".k-answer")).find((item) => `[${item.value}]` === mark.textContent.trim());

  const questionOf = (answer) => {
    const rows = all("#k-chat [data-testid='user']");
    const number = Number(answer.id.replace("answer-", ""));
    return textOf(".k-rebuilt", answer) || rows[number - 1]?.textContent.trim() || "";
  };

  // --- the pane -------------------------------------------------------------------------------

  const fragment = (html, selector) => one(selector, new DOMParser().parseFromString(html, "text/html"));

  const show = (content) => {
    body.replaceChildren(...(content ? [content] : []));
    pane.hidden = false;
    card.hidden = true; // a tap on a marker hovers over it, too
    document.body.classList.add("k-open");
  };

  const flash = (target) => {
    if (!target) return;
    target.scrollIntoView({ block: "center" });
    all(".k-now", body).forEach((old) => old.classList.remove("k-now"));
    target.classList.add("k-now");
  };

  async function openCards(link) {
    const answer = link.closest(".k-answer");
    opener = link;
    const sources = sourcesOf(answer);
    const reply = await fetch("/cards", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question: questionOf(answer), sources }),
    });
    if (!reply.ok) return void window.open(link.href, "_blank", "noopener");
    cards = fragment(await reply.text(), "#k-cards");
    one(".k-back", pane).hidden = true;
    show(cards);
    const item = link.closest(".k-list li");
    const number = item ? (item.hasAttribute("value") ? item.value : 0) : Number(link.textContent.replace(/\D/g, ""));
    const near = item ? addressOf(link) : null;
    const place = number ? one(`#cite-${number}`, body) : all(".k-place", body).find((found) => sameAddress(found, near));
    flash(place ?? one(".k-place", body));
    pane.focus({ preventScroll: true });
  }

  const sameAddress = (place, address) => {
    const link = one(".k-full", place);
    if (!link) return false;
    const found = addressOf(link);
    return found.doc_id === address.doc_id && found.start === address.start;
  };

  async function openFull(link) {
    const reply = await fetch(link.href);
    show(fragment(await reply.text(), "#k-source"));
    one(".k-back", pane).hidden = !cards;
    const mark = one("mark", body);
    mark ? flash(mark) : (body.scrollTop = 0);
  }

  function close() {
    if (!pane || pane.hidden) return;
    pane.hidden = true;
    document.body.classList.remove("k-open");
    opener?.focus();
  }

  function step(by) {
    if (pane.hidden) return;
    const places = all(".k-place, #k-source mark[id]", body);
    const at = places.findIndex((place) => place.classList.contains("k-now"));
    flash(places[(at + by + places.length) % places.length]);
  }

  // --- small things -----------------------------------------------------------------------------

  const say = (words) => { if (voice) voice.textContent = words; };

  async function copy(text, button) {
    await navigator.clipboard.writeText(text);
    const before = button.textContent;
    button.textContent = voice?.dataset.copied ?? "✓";
    say(button.textContent);
    setTimeout(() => { button.textContent = before; }, wait.word);
  }

  const answerAsText = (answer) => {
    const words = one(".k-text", answer).cloneNode(true);
    const notes = sourcesOf(answer).filter((source) => source.number).map(
      (source) => `[${source.number}] 《${source.title}》${source.locator} ${source.date}\n“${source.shown}”`);
    return [words.textContent.trim(), ...notes].join("\n\n");
  };

  // from the moment of asking until the server says something
  const pending = (on) => document.body.classList.toggle("k-pending", on);

  const asks = (event) =>
    event.type === "click" ? event.target.closest?.("#k-send, #k-retry")
      : event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.closest?.("#k-box");

  const fill = (text) => {
    const box = one("#k-box textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    return box;
  };

  function hover(mark) {
    const item = itemOf(mark);
    if (!item) return;
    const where = [...one(".k-open", item).children].map((part) => part.textContent.trim()).filter(Boolean).join(" · ");
    const [place, sentence] = ["p", "blockquote"].map((name) => document.createElement(name));
    place.textContent = where;
    sentence.textContent = textOf("blockquote", item).replace(/\s+/g, " ").slice(0, 150);
    card.replaceChildren(place, sentence);
    card.hidden = false;
    const spot = mark.getBoundingClientRect();
    const left = Math.max(8, Math.min(spot.left - 40, innerWidth - card.offsetWidth - 8));
    const below = spot.bottom + 8 + card.offsetHeight < innerHeight;
    card.style.left = `${left}px`;
    card.style.top = `${below ? spot.bottom + 8 : spot.top - card.offsetHeight - 8}px`;
  }

  function judge(button) {
    const answer = button.closest(".k-answer");
    const former = one(".k-why", answer);
    former?.remove();
    if (button.matches(".k-yes")) return keep(button, "");
    if (former) return;
    const [form, label, field, send] = ["form", "label", "textarea", "button"].map((name) => document.createElement(name));
    form.className = "k-why";
    label.append(voice.dataset.why, field);
    send.textContent = voice.dataset.send;
    form.append(label, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.remove();
      keep(button, field.value.trim());
      button.focus();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      form.remove();
      button.focus();
    });
    button.closest(".k-actions").after(form);
    field.focus();
  }

  function keep(button, reason) {
    const answer = button.closest(".k-answer");
    fetch("/feedback", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question: questionOf(answer), answer: textOf(".k-text", answer), good: button.matches(".k-yes"), reason }),
    });
    all(".k-yes, .k-no", answer).forEach((other) => other.classList.toggle("k-chosen", other === button));
    say(voice.dataset.thanks);
  }

  // --- events -----------------------------------------------------------------------------------

  const clicks = [
    [".k-mark, .k-answer .k-open", openCards],
    ["#k-pane .k-full", openFull],
    ["#k-pane .k-close", close],
    ["#k-pane .k-back", () => { show(cards); one(".k-back", pane).hidden = true; }],
    ["#k-pane .k-previous", () => step(-1)],
    ["#k-pane .k-next", () => step(1)],
    ["#k-pane a[href^='#']", (link) => flash(document.getElementById(link.hash.slice(1)))],
    [".k-copy-text", (button) => copy(button.dataset.text, button)],
    [".k-copy", (button) => copy(answerAsText(button.closest(".k-answer")), button)],
    [".k-edit", (button) => fill(textOf(".k-rebuilt", button.closest(".k-answer")))],
    [".k-suggestion", (button) => { fill(button.textContent.trim()); setTimeout(() => one("#k-send").click(), wait.settle); }],
    [".k-yes, .k-no", judge],
    [".k-keys", () => one("#k-help").showModal()],
    [".k-theme", () => {
      const dark = document.documentElement.classList.toggle("dark");
      document.body.classList.toggle("dark", dark);
      localStorage.setItem("kaoju-theme", dark ? "dark" : "light");
    }],
  ];

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    for (const [selector, act] of clicks) {
      const found = event.target.closest?.(selector);
      if (found) {
        event.preventDefault();
        return void act(found);
      }
    }
  });

  for (const name of ["click", "keydown"]) {
    document.addEventListener(name, (event) => {
      if (asks(event)) pending(Boolean(one("#k-box textarea").value.trim()) || event.target.closest("#k-retry") !== null);
      if (event.target.closest?.("#k-stop")) pending(false);
    }, true);
  }

  const markUnder = (event) => event.target.closest?.(".k-mark");
  for (const [name, act] of [["mouseover", hover], ["focusin", hover]]) {
    document.addEventListener(name, (event) => { const mark = markUnder(event); if (mark && card) act(mark); });
  }
  for (const name of ["mouseout", "focusout", "scroll"]) {
    document.addEventListener(name, () => { if (card) card.hidden = true; }, true);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && pane && !pane.hidden && !one("#k-help").open) return close();
    if (event.target.matches("input, textarea, select, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      "/": () => one("#k-box textarea")?.focus(), "?": () => one("#k-help").showModal(),
      "[": () => pane && step(-1), "]": () => pane && step(1),
    };
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });

  // --- what the component library leaves to be mended ------------------------------------------

  if (pane) {
    const told = new Set(all(".k-done").map((answer) => answer.id));
    let acted = false; // what is there before the reader does anything was there when the page was left
    for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { acted = true; }, { capture: true, once: true });
    let asked = 0, exported = null;
    const settle = () => {
      all("#k-chat [role='log']").forEach((log) => log.setAttribute("aria-live", "off")); // a growing answer is not read out
      all("#k-chat [data-testid][aria-label]").forEach((row) => row.removeAttribute("aria-label")); // it repeats the markup
      if (one("#k-box textarea")) one(".k-loading")?.remove();
      for (const [theirs, ours] of [["currently busy", voice.dataset.full], ["errored out", voice.dataset.lost]]) {
        all(".toast-message-text").filter((toast) => toast.textContent.includes(theirs)).forEach((toast) => { toast.textContent = ours; });
      }
      const questions = all(".k-question"); // a new one goes to the top, so that its answer is read from its beginning
      if (questions.length !== asked) {
        const last = questions.at(-1);
        last?.scrollIntoView({ block: "start" });
        if (last?.textContent.trim() === one("#k-box textarea").value.trim()) fill("");
      }
      if (one(".toast-body")) pending(false);
      const ready = one(".k-files"); // an exported conversation, below the edge on a phone
      if (ready !== exported) ready?.scrollIntoView({ block: "nearest" });
      exported = ready;
      asked = questions.length;
      for (const answer of all(".k-done")) {
        const key = `${answer.id}:${textOf(".k-text", answer)}`;
        if (!told.has(key) && acted) say(voice.dataset.finished.replace("#", all(".k-cited li", answer).length));
        told.add(key);
      }
    };
    let timer = 0;
    new MutationObserver((changes) => {
      if (changes.some((change) => one("#k-chat")?.contains(change.target))) pending(false);
      clearTimeout(timer);
      timer = setTimeout(settle, wait.settle);
    })
      .observe(document.body, { childList: true, subtree: true });
  }
})();
