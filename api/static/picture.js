"use strict";
// Draws one picture from the data in #picture-data. Everything that is shown as text goes through textContent.
(function () {
  const holder = document.getElementById("picture-data");
  if (!holder) return;
  const data = JSON.parse(holder.textContent);
  const canvas = document.getElementById("picture-canvas");
  const panel = document.getElementById("picture-panel");
  const size = data.geometry;
  const byId = new Map(data.nodes.map((node) => [node.id, node]));
  const MARK = "\x1f";
  const LEAST = 0.92; // the least scale of a first view: smaller, and the smallest text is under 11 pixels
  const ROOM = 1200; // firms that are drawn together on one click
  const alone = data.kind === "enterprise"; // a firm's groups are open from the start
  const shown = new Map(Object.entries(data.blocks).map(([id, block]) => [id, { products: false, firms: alone, most: block.top }]));
  const revealed = new Map(); // of the columns of a side, how many more rows are shown
  const intro = panel ? panel.innerHTML : "";
  const FONT = '"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC","WenQuanYi Micro Hei",sans-serif';
  const { element, linkOr, provenance, listOf, judgement } = lianzhangPanel(data);
  const frame = canvas.closest(".picture");
  const nodes = new vis.DataSet();
  const edges = new vis.DataSet();
  let areas = [];

  // The data names colours by their role; the style sheet has them, for the light, for the dark, and for paper.
  const sheet = getComputedStyle(canvas);
  const colours = new Map();
  let hatch = null;

  function colour(role) {
    if (!colours.has(role)) colours.set(role, sheet.getPropertyValue("--" + role).trim());
    return colours.get(role);
  }

  function coloured(option, roles) {
    if (typeof option === "string") return roles ? colour(option) : option;
    if (!option || typeof option !== "object" || Array.isArray(option)) return option;
    return Object.fromEntries(Object.entries(option).map(([name, part]) => [name, coloured(part, roles || ["color", "colours"].includes(name))]));
  }

  let styles = [];

  function dress(item) {
    Object.assign(item, styles[item.style]);
    if (item.colours) item.color = item.colours[frame.dataset.colour];
    return item;
  }

  function paint() {
    colours.clear();
    hatch = hatching();
    styles = data.styles.map((style) => coloured(style, false));
    for (const item of [...byId.values(), ...data.edges]) dress(item);
  }

  // What is shown on a click is made like one of the templates.
  function made(id, template, own) {
    if (!byId.has(id)) byId.set(id, dress({ ...data.templates[template], id }));
    return Object.assign(byId.get(id), own);
  }

  // A firm's name in a box: without its legal form, and of what is still too long the middle goes, since names of a city
  // and of a group begin alike.
  function brief(name, room) {
    const signs = [...name.replace(/(?<=..)(股份|集团)?(有限责任公司|有限公司)$/, "$1")];
    const wide = (sign) => (sign > "\u2e7f" ? 2 : 1);
    const taken = (part) => part.reduce((sum, sign) => sum + wide(sign), 0);
    if (taken(signs) <= room) return signs.join("");
    const [head, tail] = [[], []];
    while (taken(head) + wide(signs[0]) <= room / 2) head.push(signs.shift());
    while (taken(head) + taken(tail) + wide(signs[signs.length - 1]) <= room - 2) tail.unshift(signs.pop());
    return head.join("") + "…" + tail.join("");
  }

  const members = new Map(); // the block and the row of every firm that stands in one, by its node

  function memberOf(block, row) {
    const id = "f|" + block.slice(2) + MARK + row[0];
    members.set(id, [block, row]);
    const [, name, status, , , , mark] = row;
    const label = (mark ? "◆ " : "") + brief(name, data.member - (mark ? 3 : 0));
    made(id, status, { label, title: (mark || "企业") + "：" + name + "\n数据状态：" + data.statuses[status] });
    return id;
  }

  function told([id, name, status, origin, detail, place, mark]) {
    const href = data.links.firm ? data.links.firm.replace("%1F", () => encodeURIComponent(id)) : "";
    return { name, status, source: data.origins[origin], detail, place, role: mark, href };
  }

  function factsOf(id) {
    if (data.facts[id]) return data.facts[id];
    if (!members.has(id)) return undefined;
    const [block, row] = members.get(id);
    const { detail, ...own } = told(row);
    const items = [{ name: detail || data.facts[block].name, status: own.status, source: own.source, place: own.place }];
    return { ...own, kind: own.role || "企业", lists: alone ? [{ title: "供应", items }] : [] };
  }

  // Paint what is there anew, where it is.
  function repaint() {
    paint();
    nodes.update(nodes.getIds().map((id) => byId.get(id)));
    edges.update(data.edges.filter((edge) => edges.get(edge.id)));
    network.redraw();
  }

  // Whatever the scheme of the screen, what is saved or printed is light.
  function putOnPaper(on) {
    canvas.classList.toggle("on-paper", on);
    repaint();
  }

  const network = new vis.Network(canvas, { nodes, edges }, {
    autoResize: false,
    physics: { enabled: false },
    layout: { improvedLayout: false, randomSeed: 1 },
    interaction: { hover: true, dragNodes: false, zoomView: true, selectConnectedEdges: false, tooltipDelay: 200,
      hideEdgesOnDrag: data.edges.length > 1500 },
    nodes: { font: { face: FONT, mono: { face: FONT } } },
    edges: { selectionWidth: 1.2, hoverWidth: 0.8 },
  });

  // The same stacking as api/pictures/layout.py:place, for whichever blocks are open.
  function childrenOf(id) {
    const block = data.blocks[id];
    const open = shown.get(id);
    if (!block || !open) return [];
    const children = open.products ? [...block.products] : [];
    if (!open.firms) return children;
    children.push(...block.rows.slice(0, open.most).map((row) => memberOf(id, row)));
    const rest = block.count - Math.min(open.most, block.rows.length);
    if (rest) {
      made("m|" + id, "more", { label: "另 " + rest.toLocaleString("en") + " 家 ▾" });
      children.push("m|" + id);
    }
    return children;
  }

  // What stands in a column: of a side with more groups than there is room for, the last column ends with the rest.
  function standing(column, number) {
    const more = revealed.get(column.side) || 0;
    const items = [...column.items, ...column.rest.slice(0, more)];
    const beside = data.columns.filter((other) => other.side && other.side === column.side);
    const waiting = beside.flatMap((other) => other.rest.slice(more));
    if (!waiting.length || data.columns[number + 1]?.side === column.side) return items;
    const id = "M|" + column.side;
    made(id, "more", { label: "另 " + waiting.length + " 组 ▾" });
    data.sizes[id] = size.child;
    return [...items, id];
  }

  function heightOf(id) {
    const children = childrenOf(id).length;
    return data.sizes[id] + (children ? children * size.child + size.pad : 0);
  }

  function placeBlock(id, x, top, visible) {
    const node = byId.get(id);
    node.x = x;
    node.y = top + data.sizes[id] / 2;
    visible.push(node);
    childrenOf(id).forEach((child, number) => {
      const entry = byId.get(child);
      entry.x = x;
      entry.y = top + data.sizes[id] + size.pad / 2 + (number + 0.5) * size.child;
      visible.push(entry);
    });
  }

  function restack() {
    const visible = [];
    const top = Math.min(0, ...data.columns.map((column) => column.top));
    let bottom = 0;
    data.columns.forEach((column, number) => {
      let y = column.top;
      for (const id of standing(column, number)) {
        placeBlock(id, column.x, y, visible);
        y += heightOf(id) + size.gap;
      }
      bottom = Math.max(bottom, y);
    });
    for (const place of data.below) placeBlock(place.id, place.x, bottom + size.below, visible);
    const lowest = bottom + size.below + Math.max(0, ...data.below.map((place) => heightOf(place.id)));
    const there = new Set(visible.map((node) => node.id));
    for (const [id, anchor] of Object.entries(data.anchors)) {
      const owner = byId.get(anchor.of);
      if (!there.has(anchor.of)) continue;
      const dot = byId.get(id);
      dot.x = owner.x + anchor.dx;
      dot.y = anchor.foot ? bottom + size.foot : owner.y + anchor.dy;
      visible.push(dot);
      there.add(id);
    }
    areas = bands(top - 14, bottom - size.gap + 14, bottom + size.below - 14, lowest + 14);
    nodes.clear();
    edges.clear();
    nodes.add(visible);
    edges.add(data.edges.filter((edge) => there.has(edge.from) && there.has(edge.to)));
  }

  function bands(top, bottom, belowTop, belowBottom) {
    const half = data.half;
    const found = [];
    for (const column of data.columns) {
      const last = found[found.length - 1];
      if (last && last.band === column.band) last.right = column.x + half;
      else found.push({ band: column.band, left: column.x - half, right: column.x + half, top, bottom });
    }
    if (data.below.length) {
      const xs = data.below.map((place) => place.x);
      found.push({ band: "服务", left: Math.min(...xs, ...data.columns.map((c) => c.x)) - half,
        right: Math.max(...xs, ...data.columns.map((c) => c.x)) + half, top: belowTop, bottom: belowBottom });
    }
    return found;
  }

  // Unknown stands apart: hatched below a fill that lets it through.
  function hatching() {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const context = tile.getContext("2d");
    context.strokeStyle = colour("drawn-hatch");
    context.lineWidth = 1.4;
    context.beginPath();
    for (const shift of [-8, 0, 8]) {
      context.moveTo(shift, 8);
      context.lineTo(shift + 8, 0);
    }
    context.stroke();
    return tile;
  }

  function hatchUnknown(context) {
    context.fillStyle = context.createPattern(hatch, "repeat");
    for (const id of nodes.getIds()) {
      const node = byId.get(id);
      if (node.state !== "unknown") continue;
      const width = node.widthConstraint.minimum + 6;
      const height = node.heightConstraint.minimum + 6;
      context.fillRect(node.x - width / 2, node.y - height / 2, width, height);
    }
  }

  network.on("beforeDrawing", (context) => {
    context.textAlign = "left";
    context.textBaseline = "bottom";
    for (const area of areas) {
      context.globalAlpha = 0.4; // the tint of a band is a breath of the colour of its boxes
      context.fillStyle = colour(data.tints[area.band] || "drawn-plain");
      context.fillRect(area.left, area.top, area.right - area.left, area.bottom - area.top);
      context.globalAlpha = 1;
      context.fillStyle = colour("soft");
      context.font = "600 15px " + FONT;
      context.fillText(area.band, area.left + 4, area.top - 5);
    }
    if (frame.dataset.colour === "state") hatchUnknown(context);
  });

  function colourBy(name) {
    frame.dataset.colour = name;
    paint();
    show();
  }

  function extent() {
    const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    for (const area of areas) {
      box.left = Math.min(box.left, area.left);
      box.right = Math.max(box.right, area.right);
      box.top = Math.min(box.top, area.top - 28);
      box.bottom = Math.max(box.bottom, area.bottom);
    }
    return box;
  }

  // As wide as the page allows and as high as it needs to be, so that the page scrolls and not the picture; what does
  // not go in at a size that can be read is begun at its left, or with the firm that it is about, and can be dragged.
  function fit() {
    const room = canvas.clientWidth;
    if (!areas.length || !room) return;
    const box = extent();
    const width = box.right - box.left + 16;
    const height = box.bottom - box.top + 16;
    const scale = Math.max(LEAST, Math.min(1.1, room / width));
    const high = Math.min(2400, Math.max(260, Math.ceil(height * scale)));
    canvas.style.height = high + "px";
    if (panel) panel.style.maxHeight = Math.max(high, 380) + "px";
    network.setSize("100%", high + "px");
    const half = room / scale / 2;
    const middle = byId.has(data.focus) ? byId.get(data.focus).x : box.left - 8 + half;
    const x = width * scale <= room + 1 ? (box.left + box.right) / 2 : middle;
    const y = height * scale <= high + 1 ? (box.top + box.bottom) / 2 : box.top - 8 + high / scale / 2;
    network.moveTo({ position: { x, y }, scale });
    network.redraw();
  }

  function show() {
    const selected = network.getSelectedNodes();
    restack();
    fit();
    if (selected.length && nodes.get(selected[0])) mark(selected[0]);
    sync();
  }

  // Select a thing and every line that runs into or out of it, with all the pieces of long lines.
  const touching = new Map();
  for (const edge of data.edges) {
    for (const end of new Set(edge.ends.flat())) {
      if (!touching.has(end)) touching.set(end, []);
      touching.get(end).push(edge.id);
    }
  }

  function mark(id) {
    const lines = (touching.get(id) || []).filter((line) => edges.get(line));
    network.setSelection({ nodes: [id], edges: lines }, { highlightEdges: false });
  }

  function tell(facts, id) {
    if (!panel) return;
    panel.replaceChildren();
    const head = element("div", "panel-head");
    const close = element("button", "plain", "返回图例");
    close.type = "button";
    close.addEventListener("click", clear);
    head.append(element("span", "kind", facts.kind || ""), close);
    const title = element("h3");
    title.append(linkOr(facts.name, facts.href));
    panel.append(head, title);
    if (facts.gap) panel.append(judgement(facts.gap));
    if (facts.description) panel.append(element("p", "", facts.description));
    if (facts.status || facts.source) panel.append(provenance(facts));
    if (!alone && data.blocks[id] && data.blocks[id].products.length + data.blocks[id].count) panel.append(toggleButton(id));
    const lists = (facts.lists || []).map((list) => (list.rows ? { ...list, items: data.blocks[list.rows].rows.map(told) } : list));
    for (const list of lists) if (list.items.length) panel.append(listOf(list, choose));
    const empty = lists.filter((list) => !list.items.length).map((list) => list.title);
    if (empty.length) panel.append(element("p", "quiet", "图中暂无记录：" + empty.join("、")));
    panel.scrollTop = 0;
  }

  function toggleButton(id) {
    const button = element("button", "", isOpen(id) ? "在图中收起" : "在图中展开产品与企业");
    button.type = "button";
    button.addEventListener("click", () => {
      toggle(id);
      button.textContent = isOpen(id) ? "在图中收起" : "在图中展开产品与企业";
    });
    return button;
  }

  function isOpen(id) {
    const open = shown.get(id);
    return Boolean(open && (open.products || open.firms));
  }

  function select(id) {
    const facts = factsOf(id);
    if (!facts || !nodes.get(id)) return false;
    mark(id);
    tell(facts, id);
    return true;
  }

  function selectLine(id) {
    const edge = edges.get(id);
    if (!edge) return;
    network.setSelection({ nodes: [], edges: [id] });
    tell({ kind: edge.word, name: edge.name, lists: [{ title: "记录", items: edge.rows, count: edge.count }] }, id);
  }

  // Lead to a thing, whether it is shown yet or not.
  function choose(id) {
    const column = data.columns.find((one) => one.rest.includes(id));
    if (column) revealed.set(column.side, Math.max(revealed.get(column.side) || 0, column.rest.indexOf(id) + 1));
    if (!nodes.get(id)) show();
    select(id);
  }

  // Show more: of a block the next firms, of a side the next groups; the panel lists all of a block.
  function more(id) {
    const what = id.slice(2);
    if (id.startsWith("M")) revealed.set(Number(what), (revealed.get(Number(what)) || 0) + 4);
    else shown.get(what).most += data.step;
    show();
    if (!id.startsWith("M")) select(what);
  }

  function clear() {
    network.unselectAll();
    if (panel) panel.innerHTML = intro;
  }

  function toggle(id) {
    if (!shown.has(id) || alone) return;
    const open = !isOpen(id);
    shown.set(id, { products: open, firms: open, most: data.blocks[id].top });
    show();
    select(id);
  }

  // Of a firm's picture the firms are there from the start: its layer is as many of them as can be drawn at once.
  function setLayer(layer, on) {
    const sizes = Object.values(data.blocks).map((block) => block.rows.length);
    let room = 0; // as many of each as make no more than there is room for together
    while (room < Math.max(...sizes) && sizes.reduce((sum, one) => sum + Math.min(one, room + 1), 0) <= ROOM) room += 1;
    for (const [id, open] of shown) {
      if (alone) open.most = on ? Math.max(room, data.blocks[id].top) : data.blocks[id].top;
      else open[layer] = on;
    }
    if (alone) for (const column of data.columns) revealed.set(column.side, on ? column.rest.length + 1 : 0);
    show();
  }

  function sync() {
    for (const box of document.querySelectorAll("[data-layer]")) {
      const layer = box.dataset.layer;
      const states = [...shown].filter(([id]) => (layer === "firms" ? data.blocks[id].count : data.blocks[id].products.length))
        .map(([id, open]) => (alone ? open.most > data.blocks[id].top : open[layer]));
      box.disabled = !states.length;
      box.checked = states.length > 0 && states.every(Boolean);
      box.indeterminate = states.some(Boolean) && !box.checked;
    }
  }

  function zoom(factor) {
    network.moveTo({ scale: Math.min(3, Math.max(0.05, network.getScale() * factor)) });
  }

  // The whole picture as it is opened, light, whatever part of it the window shows.
  function onPaper(pages) {
    const dark = !canvas.classList.contains("on-paper");
    if (dark) putOnPaper(true);
    const states = data.judged ? "字与填色=断点状态，数=紧要（越大越该先补）。" : "";
    const used = Object.values(data.sources).map((source) => source.name).join("、");
    const drawn = lianzhangPaper({ network, nodes: nodes.get(), edges: edges.get(), areas, extent: extent(), colour, tints: data.tints, font: FONT,
      hatched: frame.dataset.colour === "state", title: data.title,
      caption: `${states}边框实线=有文件或报道，虚线=整理、推断或示例。来源：${used}` }, pages);
    if (dark) putOnPaper(false);
    return drawn;
  }

  function keep(blob, ending) {
    const anchor = element("a");
    anchor.href = URL.createObjectURL(blob);
    anchor.download = data.title + ending;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
  }

  function drawing() {
    const [svg] = onPaper();
    return { width: Number(svg.getAttribute("width")), height: Number(svg.getAttribute("height")),
      blob: new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }) };
  }

  function saveDrawing() {
    keep(drawing().blob, ".svg");
  }

  async function save() {
    const { width, height, blob } = drawing();
    const scale = Math.min(2, 16000 / width, 16000 / height, Math.sqrt(1e8 / (width * height))); // what a canvas can hold
    const image = new Image();
    image.src = URL.createObjectURL(blob);
    await image.decode();
    const picture = document.createElement("canvas");
    picture.width = Math.floor(width * scale);
    picture.height = Math.floor(height * scale);
    picture.getContext("2d").drawImage(image, 0, 0, picture.width, picture.height);
    URL.revokeObjectURL(image.src);
    picture.toBlob((made) => keep(made, ".png"), "image/png");
  }

  const printed = element("div", "on-print");
  canvas.parentElement.prepend(printed);

  network.on("click", (event) => {
    if (event.nodes.length && byId.get(event.nodes[0]).kind === "more") more(event.nodes[0]);
    else if (event.nodes.length && byId.get(event.nodes[0]).kind !== "bend") select(event.nodes[0]);
    else if (event.nodes.length) selectLine(network.getConnectedEdges(event.nodes[0])[0]);
    else if (event.edges.length) selectLine(event.edges[0]);
    else clear();
  });
  network.on("doubleClick", (event) => event.nodes.length && toggle(event.nodes[0]));
  network.on("hoverNode", () => { canvas.style.cursor = "pointer"; });
  network.on("blurNode", () => { canvas.style.cursor = ""; });

  const actions = { in: () => zoom(1.25), out: () => zoom(0.8), fit, save, svg: saveDrawing, graph: showGraph };
  for (const button of document.querySelectorAll("[data-action]")) button.addEventListener("click", actions[button.dataset.action]);
  for (const box of document.querySelectorAll("[data-layer]")) box.addEventListener("change", () => setLayer(box.dataset.layer, box.checked));
  for (const choice of document.querySelectorAll("[data-colour-by]")) choice.addEventListener("change", () => colourBy(choice.value));
  for (const button of document.querySelectorAll("[data-select]")) {
    button.addEventListener("click", () => {
      if (select(button.dataset.select)) canvas.scrollIntoView({ block: "center", behavior: "smooth" });
    });
  }
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(fit, 150);
  });

  // A wheel that is scrolling the page goes on doing so over the picture; one that begins there zooms.
  let scrolled = -Infinity;
  window.addEventListener("scroll", (event) => { scrolled = event.timeStamp; }, { passive: true });
  canvas.addEventListener("wheel", (event) => {
    if (event.timeStamp - scrolled < 300) event.stopPropagation();
  }, { capture: true, passive: true });

  window.addEventListener("beforeprint", () => {
    putOnPaper(true);
    printed.replaceChildren(...onPaper(1.32)); // pages of A4
  });
  window.addEventListener("afterprint", () => {
    printed.replaceChildren();
    putOnPaper(false);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

  // On a phone the same as a list; the picture on a click.
  function outline() {
    const list = document.getElementById("picture-list");
    if (!list) return;
    const columns = [...data.columns, ...(data.below.length ? [{ band: "服务", items: data.below.map((place) => place.id), rest: [] }] : [])];
    const parts = new Map();
    for (const column of columns) {
      const [items, rest] = parts.get(column.band) || [[], []];
      parts.set(column.band, [[...items, ...column.items], [...rest, ...column.rest]]);
    }
    for (const [band, [items, rest]] of parts) {
      list.append(element("h3", "", band), linesOf(items));
      if (!rest.length) continue;
      const more = element("details");
      more.append(element("summary", "", "另 " + rest.length + " 组"), linesOf(rest));
      list.append(more);
    }
  }

  function linesOf(ids) {
    const entries = element("ul", "panel-list");
    entries.append(...ids.filter((id) => data.facts[id]).sort((one, other) => groupSize(other) - groupSize(one)).map(lineOf));
    return entries;
  }

  function groupSize(id) {
    return alone && data.blocks[id] ? data.blocks[id].count : 0;
  }

  function lineOf(id) {
    const facts = data.facts[id];
    const block = data.blocks[id];
    const entry = element("li");
    const button = element("button", "plain", facts.name);
    button.type = "button";
    button.addEventListener("click", () => {
      tell(facts, id);
      panel.scrollIntoView({ block: "start" });
    });
    if (facts.gap) entry.append(element("span", "state state-" + facts.gap.state_code, facts.gap.state), " ");
    entry.append(button);
    if (block) entry.append(" ", element("span", "detail", (block.products.length ? block.products.length + " 种产品 · " : "") + block.count.toLocaleString("en") + " 家"));
    if (block && alone) entry.append(element("span", "provenance", block.rows.slice(0, block.top).map((row) => row[1]).join("、") + (block.count > block.top ? "…" : "")));
    return entry;
  }

  function showGraph(event) {
    event.currentTarget.textContent = frame.classList.toggle("as-graph") ? "看列表" : "看图";
    fit();
  }

  paint();
  outline();
  show();
  window.lianzhang = { network, data, select, toggle, setLayer, colourBy, more, nodes, edges, fit, onPaper };
})();
