"use strict";
// A chain at a glance: a click on a segment changes both halves without leaving the page, the address goes along;
// arrows walk from card to card. Without this script each card is a link to the same view.
(function () {
  const whole = () => document.getElementById("glance");

  async function turn(address, focus) {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) {
      location.href = address;
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("glance");
    if (!next) {
      location.href = address;
      return;
    }
    whole().replaceWith(document.adoptNode(next));
    const [old, fresh] = [document.querySelector(".looks-of"), page.querySelector(".looks-of")];
    if (old) old.hidden = !fresh;
    else if (fresh) whole().after(document.adoptNode(fresh));
    const card = focus && [...document.querySelectorAll("[data-segment]")].find((one) => one.dataset.segment === focus && one.offsetParent);
    if (card) card.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-segment], a[data-whole]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    turn(link.href, link.dataset.segment);
  }, true);
  window.addEventListener("popstate", () => turn(location.href, ""));

  const AHEAD = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function middle(card) {
    const box = card.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  }

  document.addEventListener("keydown", (event) => {
    const way = AHEAD[event.key];
    const here = document.activeElement;
    if (!way || !here.matches("a.card-of") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [x, y] = middle(here);
    let nearest = null;
    let least = Infinity;
    for (const card of document.querySelectorAll("a.card-of")) {
      if (card === here || !card.offsetParent && !card.getClientRects().length) continue;
      const [to, at] = middle(card);
      const along = (to - x) * way[0] + (at - y) * way[1];
      const across = Math.abs((to - x) * way[1]) + Math.abs((at - y) * way[0]);
      if (along > 4 && along + 2 * across < least) [nearest, least] = [card, along + 2 * across];
    }
    if (nearest) nearest.focus();
  });
})();
