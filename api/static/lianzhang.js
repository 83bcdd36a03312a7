"use strict";
// Suggestions below the search box, tables that sort and turn into cards, CSV files of tables, printing, forms that take more fields.
(function () {
  const here = new URLSearchParams(location.search);

  function keep(query) { // what is switched off, and the city, go along
    for (const name of ["without", "city"]) if (here.get(name)) query.set(name, here.get(name));
    return query;
  }

  function address(item) {
    const asked = keep(new URLSearchParams()).toString();
    return `/things/${item.label}/${encodeURIComponent(item.id)}${asked ? "?" + asked : ""}`;
  }

  function suggest(form) {
    const input = form.querySelector("input[name=q]");
    const list = form.querySelector("[role=listbox]");
    const words = JSON.parse(list.dataset.words);
    let chosen = -1;
    let timer = 0;
    let asking = null;

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function fill(items) {
      const held = chosen < 0 ? "" : list.children[chosen].dataset.href;
      list.replaceChildren(...items.map((item, number) => {
        const row = document.createElement("li");
        row.id = "suggestion-" + number;
        row.setAttribute("role", "option");
        row.dataset.href = address(item);
        for (const [name, text] of [["kind", words[item.label]], ["name", item.name], ["why", "按" + item.matched]]) {
          const part = document.createElement("span");
          part.className = name;
          part.textContent = text;
          row.append(part);
        }
        const status = document.createElement("span");
        status.className = "status status-" + item.status;
        status.textContent = words[item.status];
        row.append(status);
        row.addEventListener("mousedown", (event) => {
          event.preventDefault();
          location.href = row.dataset.href;
        });
        return row;
      }));
      list.hidden = !items.length;
      input.setAttribute("aria-expanded", String(items.length > 0));
      choose([...list.children].findIndex((row) => row.dataset.href === held)); // what was chosen stays so while more is typed
    }

    async function ask() {
      const text = input.value.trim();
      if (asking) asking.abort();
      if (!text) return close();
      asking = new AbortController();
      const query = keep(new URLSearchParams({ q: text, size: "8" }));
      try {
        const answer = await fetch("/api/v1/search?" + query, { signal: asking.signal, headers: { Accept: "application/json" } });
        if (answer.ok && document.activeElement === input) fill((await answer.json()).items);
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    }

    function choose(number) {
      const rows = [...list.children];
      chosen = number;
      rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === chosen)));
      if (chosen < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", rows[chosen].id);
    }

    function move(step) {
      const number = list.children.length;
      if (!list.hidden && number) choose((chosen + step + number + (chosen < 0 && step < 0 ? 1 : 0)) % number);
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 150);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") move(1);
      else if (event.key === "ArrowUp") move(-1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && chosen >= 0 && !list.hidden) location.href = list.children[chosen].dataset.href;
      else return;
      if (event.key !== "Escape") event.preventDefault();
    });
    input.addEventListener("blur", close);
  }

  const collator = new Intl.Collator("zh-CN", { numeric: true });

  function keyOf(row, column) {
    const cell = row.cells[column];
    return cell.dataset.sort !== undefined ? cell.dataset.sort : cell.dataset.csv || cell.textContent.trim();
  }

  function compare(a, b) {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    const numbers = [Number(a), Number(b)];
    return numbers.every(Number.isFinite) ? numbers[0] - numbers[1] : collator.compare(a, b);
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = head.querySelector("button");
      if (!button) return;
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const body = table.tBodies[0];
        const rows = [...body.rows].sort((a, b) => compare(keyOf(a, column), keyOf(b, column)) * (up ? 1 : -1));
        body.append(...rows);
      });
    });
  }

  // A cell that a spreadsheet would run as a formula gets a quote in front; plain numbers stay numbers.
  function csvCell(text) {
    const flat = text.replace(/\s+/g, " ").trim();
    const safe = /^[=+\-@\t\r]/.test(flat) && !/^[+-]?[\d.,]+%?$/.test(flat) ? "'" + flat : flat;
    return '"' + safe.replace(/"/g, '""') + '"';
  }

  function textOf(table) {
    const lines = [[...table.tHead.rows[0].cells].map((cell) => csvCell(cell.textContent)).join(",")];
    for (const row of table.tBodies[0].rows) {
      lines.push([...row.cells].map((cell) => csvCell(cell.dataset.csv !== undefined ? cell.dataset.csv : cell.textContent)).join(","));
    }
    return "\ufeff" + lines.join("\r\n") + "\r\n";
  }

  function download(name, text) {
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    anchor.download = name + ".csv";
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
  }

  function addField(button) {
    const fields = button.parentElement.querySelectorAll(".field");
    const fresh = fields[fields.length - 1].cloneNode(true);
    for (const told of fresh.querySelectorAll(".wrong")) told.remove();
    const input = fresh.querySelector("input");
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    button.before(fresh);
    input.focus();
  }

  // On a phone a row is a card: each cell says its column's head.
  function carded(table) {
    const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
    for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, column) => { cell.dataset.head = heads[column]; });
    table.classList.add("as-cards");
  }

  document.querySelectorAll("[data-add-field]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => addField(button));
  });
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  document.querySelectorAll("form.search").forEach(suggest);
  document.querySelectorAll("table.data").forEach(sortable);
  document.querySelectorAll("table.data:not(.parts, .as-cards, .pressing)").forEach(carded);
  document.querySelectorAll("[data-csv-of]").forEach((button) => {
    button.addEventListener("click", () => download(button.dataset.file, textOf(document.getElementById(button.dataset.csvOf))));
  });
})();
