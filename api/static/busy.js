"use strict";

// A form or a link whose page takes a while says that it is at work, and a form is not sent twice.
(() => {
  const SOON = 300; // milliseconds that nobody needs to be told of
  const told = document.getElementById("busy");
  let waiting = 0;

  function work(text) {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      told.textContent = text;
      document.documentElement.setAttribute("aria-busy", "true");
    }, SOON);
  }

  function rest() {
    clearTimeout(waiting);
    told.textContent = "";
    document.documentElement.removeAttribute("aria-busy");
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  }

  // What is saved or opened elsewhere leaves this page as it is.
  function stays(link, event) {
    const aside = event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    const file = link.hasAttribute("download") || /\.(xlsx|html|json)$/.test(link.pathname) || new URLSearchParams(link.search).has("format");
    const here = link.hash && link.pathname === location.pathname && link.search === location.search;
    return aside || file || here || link.target || link.origin !== location.origin;
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (link && !stays(link, event)) work("正在打开…");
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.target) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method === "post") form.dataset.sent = "1";
    work(form.method === "post" ? "正在写入…" : "正在查…");
  });
  window.addEventListener("pageshow", rest); // back again
  window.addEventListener("keydown", (event) => { if (event.key === "Escape") rest(); });
})();
