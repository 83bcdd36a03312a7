"use strict";
// The page 上链审核: a row shows its firm beside the list; a accepts, x refuses, u takes back; Shift ticks a range.
(function () {
  const form = document.getElementById("review");
  const last = document.getElementById("last");
  const rows = form ? [...form.querySelectorAll("tbody tr")] : [];
  const boxes = rows.map((row) => row.querySelector("input[type=checkbox]")).filter(Boolean);
  let from = null;

  function show(row) {
    for (const card of document.querySelectorAll(".firm-card")) card.hidden = card.dataset.of !== row.dataset.firm;
    for (const other of rows) other.classList.toggle("at", other === row);
  }

  function send(verdict) {
    const button = form && form.querySelector(`button[value=${verdict}]`);
    const row = document.activeElement.closest("#review tbody tr") || form.querySelector("tr.at");
    if (!boxes.some((box) => box.checked) && row) row.querySelector("input").checked = true;
    if (button && boxes.some((box) => box.checked)) form.requestSubmit(button);
  }

  for (const row of rows) {
    row.addEventListener("focusin", () => show(row));
    row.addEventListener("click", () => show(row));
  }

  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && from !== null) {
        const [first, second] = [boxes.indexOf(from), boxes.indexOf(box)].sort((one, other) => one - other);
        for (const between of boxes.slice(first, second + 1)) between.checked = box.checked;
      }
      from = box;
    });
  }

  const all = document.getElementById("all");
  if (all) all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]")) return;
    if (event.key === "a" && form) send("accept");
    else if (event.key === "x" && form) send("refuse");
    else if (event.key === "u" && last && last.querySelector("button")) last.requestSubmit(last.querySelector("button"));
    else if (event.key === "u" && form) send("undo");
    else return;
    event.preventDefault();
  });

  if (rows.length) show(rows[0]);
})();
