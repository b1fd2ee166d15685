// Runs before anything is drawn. The component library asks the browser for language and colours;
// what the reader chose on this page must win, so the browser is made to answer with that.
"use strict";
(() => {
  const root = document.documentElement;
  const regions = { "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", en: "en" };
  const language = regions[root.lang];
  Object.defineProperty(navigator, "language", { get: () => language });
  Object.defineProperty(navigator, "languages", { get: () => [language] });

  const ask = window.matchMedia.bind(window);
  const chosen = localStorage.getItem("kaoju-theme");
  const dark = chosen ? chosen === "dark" : ask("(prefers-color-scheme: dark)").matches;
  root.classList.toggle("dark", dark);
  if (chosen) {
    window.matchMedia = (query) =>
      query.includes("prefers-color-scheme") ? ask(query.includes("dark") === dark ? "all" : "not all") : ask(query);
  }
})();
