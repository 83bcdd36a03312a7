"use strict";
// The whole of a picture as SVG, as it is opened: what is saved, and what is printed. Texts go through textContent.
function lianzhangPaper(picture, slope) {
  const { network, nodes, edges, areas, extent, colour, tints, font, hatched, title, caption } = picture;
  const EDGE = 12;
  const HEAD = 34;
  const left = extent.left - EDGE;
  const width = extent.right - extent.left + 2 * EDGE;
  const lines = broken(caption, width - 2 * EDGE);
  const top = extent.top - HEAD;
  const height = extent.bottom - extent.top + HEAD + EDGE + 18 * lines.length + EDGE;

  function made(tag, options, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(options)) element.setAttribute(name, String(value));
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function broken(text, room) {
    const rows = [""];
    let used = 0;
    for (const sign of text) {
      const step = sign > "\u2e7f" ? 12 : 7;
      if (used + step > room) {
        rows.push("");
        used = 0;
      }
      rows[rows.length - 1] += sign;
      used += step;
    }
    return rows;
  }

  function box(node) {
    const wide = node.widthConstraint.minimum + 6;
    const high = node.heightConstraint.minimum + 6;
    const place = { x: node.x - wide / 2, y: node.y - high / 2, width: wide, height: high, rx: 3 };
    const dashes = node.shapeProperties.borderDashes;
    const part = made("g", {});
    part.append(made("rect", { ...place, fill: node.color.background, stroke: node.color.border, "stroke-width": node.borderWidth,
      ...(dashes ? { "stroke-dasharray": dashes.join(" ") } : {}) }));
    if (hatched && node.state === "unknown") part.append(made("rect", { ...place, fill: "url(#hatch)", opacity: 0.5 }));
    part.append(label(node));
    return part;
  }

  // A label of the Markdown that vis-network reads: *head*, _foot_, and what is between.
  function label(node) {
    const style = node.font;
    const rows = node.label.split("\n").map((row) => (style.multi ? [...row.matchAll(/\*([^*]*)\*|_([^_]*)_|([^*_]+)/g)] : [[row, undefined, undefined, row]])
      .map(([, head, foot, plain]) => {
        const own = head !== undefined ? style.bold : foot !== undefined ? style.ital : style;
        return { text: head ?? foot ?? plain, size: own.size, fill: own.color || style.color, weight: head !== undefined ? style.bold.mod || 400 : 400 };
      }).filter((part) => part.text.trim()));
    const highs = rows.map((row) => Math.max(0, ...row.map((part) => part.size)) * 1.22);
    let y = node.y - highs.reduce((sum, high) => sum + high, 0) / 2;
    const all = made("g", {});
    rows.forEach((row, number) => {
      const line = made("text", { x: node.x, y: y + highs[number] * 0.78, "text-anchor": "middle" });
      row.forEach((part, place) => line.append(made("tspan", { "font-size": part.size, fill: part.fill, "font-weight": part.weight }, (place ? " " : "") + part.text.trim())));
      all.append(line);
      y += highs[number];
    });
    return all;
  }

  function curve(edge) {
    const [from, to] = [network.getPosition(edge.from), network.getPosition(edge.to)];
    const bends = edge.smooth.enabled ? [network.body.edges[edge.id].edgeType.getViaNode()].flat() : [];
    const points = [...bends, to].map((point) => `${round(point.x)} ${round(point.y)}`);
    const path = `M${round(from.x)} ${round(from.y)}${["L", "Q", "C"][bends.length]}${points.join(" ")}`;
    const part = made("g", {});
    part.append(made("path", { d: path, fill: "none", stroke: edge.color.color, "stroke-width": edge.width,
      ...(edge.dashes ? { "stroke-dasharray": edge.dashes.join(" ") } : {}) }));
    if (edge.arrows.to.enabled) part.append(arrow(bends.length ? bends[bends.length - 1] : from, to, edge.color.color));
    return part;
  }

  function arrow(from, to, fill) {
    const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
    return made("path", { d: "M0 0L-8 -3.5L-8 3.5Z", fill, transform: `translate(${round(to.x)} ${round(to.y)}) rotate(${round(angle)})` });
  }

  function round(number) {
    return Math.round(number * 10) / 10;
  }

  function sheet(from, high) {
    const svg = made("svg", { xmlns: "http://www.w3.org/2000/svg", width: Math.ceil(width), height: Math.ceil(high), viewBox: `${round(left)} ${round(from)} ${round(width)} ${round(high)}`, "font-family": font, role: "img" });
    svg.append(made("title", {}, title), made("rect", { x: left, y: from, width, height: high, fill: colour("paper") }));
    return svg;
  }

  function whole() {
    const all = made("g", {});
    const hatch = made("pattern", { id: "hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse" });
    hatch.append(made("path", { d: "M-2 2L2 -2M0 8L8 0M6 10L10 6", stroke: colour("drawn-hatch"), "stroke-width": 1.4 }));
    all.append(hatch, made("text", { x: left + EDGE, y: top + 22, "font-size": 18, "font-weight": 600, fill: colour("ink") }, title));
    for (const area of areas) {
      all.append(made("rect", { x: area.left, y: area.top, width: area.right - area.left, height: area.bottom - area.top, fill: colour(tints[area.band] || "drawn-plain"), opacity: 0.4 }));
      all.append(made("text", { x: area.left + 4, y: area.top - 6, "font-size": 15, "font-weight": 600, fill: colour("soft") }, area.band));
    }
    all.append(...edges.map(curve), ...nodes.filter((node) => node.kind !== "bend").map(box));
    lines.forEach((line, number) => {
      all.append(made("text", { x: left + EDGE, y: extent.bottom + EDGE + 18 * (number + 1), "font-size": 12, fill: colour("quiet") }, line));
    });
    return all;
  }

  // One sheet, or as many as it fills, each as high as ``slope`` times its width; what a cut goes through stands whole on
  // one of the two.
  const drawn = whole();
  if (!slope || height <= slope * width) {
    const svg = sheet(top, height);
    svg.append(drawn);
    return [svg];
  }
  const sheets = [];
  const OVERLAP = 70;
  for (let from = top; from < top + height - OVERLAP; from += slope * width - OVERLAP) {
    const svg = sheet(from, Math.min(slope * width, top + height - from));
    svg.append(drawn.cloneNode(true));
    sheets.push(svg);
  }
  return sheets;
}
