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
  const shown = new Map(Object.keys(data.blocks).map((id) => [id, { products: false, firms: false }]));
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

  function paint() {
    colours.clear();
    hatch = hatching();
    const styles = data.styles.map((style) => coloured(style, false));
    for (const item of [...data.nodes, ...data.edges]) {
      Object.assign(item, styles[item.style]);
      if (item.colours) item.color = item.colours[frame.dataset.colour];
    }
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
    interaction: { hover: data.nodes.length < 800, dragNodes: false, zoomView: false, selectConnectedEdges: false, tooltipDelay: 200,
      hideEdgesOnDrag: data.edges.length > 1500 },
    nodes: { font: { face: FONT, mono: { face: FONT } } },
    edges: { selectionWidth: 1.2, hoverWidth: 0.8 },
  });

  // The same stacking as api/pictures/layout.py:place, for whichever blocks are open.
  function childrenOf(id) {
    const block = data.blocks[id];
    const open = shown.get(id);
    if (!block || !open) return [];
    return [...(open.products ? block.products : []), ...(open.firms ? block.firms : [])];
  }

  function heightOf(id) {
    const children = childrenOf(id).length;
    return data.sizes[id] + (children ? Math.ceil(children / data.grid) * size.child + size.pad : 0);
  }

  function placeBlock(id, x, top, visible) {
    const node = byId.get(id);
    node.x = x;
    node.y = top + data.sizes[id] / 2;
    visible.push(node);
    childrenOf(id).forEach((child, number) => {
      const entry = byId.get(child);
      entry.x = x + ((number % data.grid) - (data.grid - 1) / 2) * size.child_width;
      entry.y = top + data.sizes[id] + size.pad / 2 + (Math.floor(number / data.grid) + 0.5) * size.child;
      visible.push(entry);
    });
  }

  function restack() {
    const visible = [];
    const top = Math.min(0, ...data.columns.map((column) => column.top));
    let bottom = 0;
    for (const column of data.columns) {
      let y = column.top;
      for (const id of column.items) {
        placeBlock(id, column.x, y, visible);
        y += heightOf(id) + size.gap;
      }
      bottom = Math.max(bottom, y);
    }
    for (const place of data.below) placeBlock(place.id, place.x, bottom + size.below, visible);
    const lowest = bottom + size.below + Math.max(0, ...data.below.map((place) => heightOf(place.id)));
    const standing = new Set(visible.map((node) => node.id));
    for (const [id, anchor] of Object.entries(data.anchors)) {
      const owner = byId.get(anchor.of);
      if (!standing.has(anchor.of)) continue;
      const dot = byId.get(id);
      dot.x = owner.x + anchor.dx;
      dot.y = anchor.foot ? bottom + size.foot : owner.y + anchor.dy;
      visible.push(dot);
    }
    areas = bands(top - 14, bottom - size.gap + 14, bottom + size.below - 14, lowest + 14);
    const there = new Set(visible.map((node) => node.id));
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

  // As wide as the page allows and as high as it needs to be, so that the page scrolls and not the picture.
  function fit() {
    if (!areas.length) return;
    const box = extent();
    const width = box.right - box.left + 16;
    const height = box.bottom - box.top + 16;
    const room = canvas.clientWidth;
    let scale = Math.min(1.1, room / width);
    const most = data.kind === "enterprise" ? 900 : 2400;
    if (height * scale > most) scale = most / height;
    const high = Math.max(260, Math.ceil(height * scale));
    canvas.style.height = high + "px";
    if (panel) panel.style.maxHeight = Math.max(high, 380) + "px";
    network.setSize("100%", high + "px");
    network.moveTo({ position: { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }, scale });
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
    if (data.blocks[id] && data.blocks[id].products.length + data.blocks[id].firms.length) panel.append(toggleButton(id));
    const lists = facts.lists || [];
    for (const list of lists) if (list.items.length) panel.append(listOf(list));
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
    const facts = data.facts[id];
    if (!facts || !nodes.get(id)) return false;
    mark(id);
    tell(facts, id);
    return true;
  }

  function selectLine(id) {
    const edge = edges.get(id);
    if (!edge) return;
    network.setSelection({ nodes: [], edges: [id] });
    tell({ kind: edge.word, name: edge.name, lists: [{ title: "记录", items: edge.rows || [] }] }, id);
  }

  function clear() {
    network.unselectAll();
    if (panel) panel.innerHTML = intro;
  }

  function toggle(id) {
    if (!shown.has(id)) return;
    const open = !isOpen(id);
    shown.set(id, { products: open, firms: open });
    show();
    select(id);
  }

  function setLayer(layer, on) {
    for (const open of shown.values()) open[layer] = on;
    show();
  }

  function sync() {
    for (const box of document.querySelectorAll("[data-layer]")) {
      const states = [...shown.entries()].filter(([id]) => data.blocks[id][box.dataset.layer].length).map(([, open]) => open[box.dataset.layer]);
      box.disabled = !states.length;
      box.checked = states.length > 0 && states.every(Boolean);
      box.indeterminate = states.some(Boolean) && !box.checked;
    }
  }

  function zoom(factor) {
    network.moveTo({ scale: Math.min(3, Math.max(0.05, network.getScale() * factor)) });
  }

  function save() {
    putOnPaper(true);
    const drawn = canvas.querySelector("canvas");
    const ratio = drawn.width / drawn.clientWidth;
    const picture = document.createElement("canvas");
    picture.width = drawn.width;
    picture.height = drawn.height + 76 * ratio;
    const context = picture.getContext("2d");
    context.fillStyle = colour("paper");
    context.fillRect(0, 0, picture.width, picture.height);
    context.fillStyle = colour("ink");
    context.font = `600 ${18 * ratio}px ${FONT}`;
    context.fillText(data.title, 14 * ratio, 28 * ratio);
    context.drawImage(drawn, 0, 42 * ratio);
    context.fillStyle = colour("quiet");
    context.font = `${12 * ratio}px ${FONT}`;
    const used = Object.values(data.sources).map((source) => source.name).join("、");
    const states = data.judged ? "字与填色=断点状态，数=紧要（越大越该先补）。" : "";
    context.fillText(`${states}边框实线=有文件或报道，虚线=整理、推断或示例。来源：${used}`, 14 * ratio, picture.height - 12 * ratio, picture.width - 28 * ratio);
    putOnPaper(false);
    picture.toBlob((blob) => {
      const anchor = element("a");
      anchor.href = URL.createObjectURL(blob);
      anchor.download = data.title + ".png";
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
    }, "image/png");
  }

  network.on("click", (event) => {
    if (event.nodes.length && byId.get(event.nodes[0]).kind !== "bend") select(event.nodes[0]);
    else if (event.nodes.length) selectLine(network.getConnectedEdges(event.nodes[0])[0]);
    else if (event.edges.length) selectLine(event.edges[0]);
    else clear();
  });
  network.on("doubleClick", (event) => event.nodes.length && toggle(event.nodes[0]));
  network.on("hoverNode", () => { canvas.style.cursor = "pointer"; });
  network.on("blurNode", () => { canvas.style.cursor = ""; });

  const actions = { in: () => zoom(1.25), out: () => zoom(0.8), fit, save };
  for (const button of document.querySelectorAll("[data-action]")) button.addEventListener("click", () => actions[button.dataset.action]());
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

  window.addEventListener("beforeprint", () => putOnPaper(true));
  window.addEventListener("afterprint", () => putOnPaper(false));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

  paint();
  show();
  window.lianzhang = { network, data, select, toggle, setLayer, colourBy, nodes, edges, fit };
})();
