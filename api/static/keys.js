"use strict";
// Keys of every page: / j k Enter e ? and Esc. Never while someone types, never together with Ctrl, Alt or Meta.
(function () {
  const help = document.getElementById("keys");

  function rows() {
    return [...document.querySelectorAll("main table.data > tbody > tr")].filter((row) => row.closest("table") === first());
  }

  function first() {
    return [...document.querySelectorAll("main table.data")].find((table) => table.offsetParent && table.tBodies[0].rows.length);
  }

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const now = all.indexOf(document.activeElement.closest("tr"));
    const next = all[Math.min(all.length - 1, Math.max(0, now < 0 ? 0 : now + by))];
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function open() {
    const row = document.activeElement;
    const link = row.matches("main tr") && row.querySelector("a[href]");
    if (link) link.click();
    return Boolean(link);
  }

  function excel() {
    const link = document.querySelector('main a[href*=".xlsx"]:not([href*="/templates/"])');
    if (link) link.click();
  }

  const keys = {
    "/": () => document.querySelector("form.search input[name=q]").focus(),
    j: () => step(1),
    k: () => step(-1),
    e: excel,
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    if (event.key === "Enter" ? open() : keys[event.key]) {
      event.preventDefault();
      if (event.key !== "Enter") keys[event.key]();
    }
  });

  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
})();
