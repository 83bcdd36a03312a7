"use strict";
// What the panel beside a picture is made of. Everything that is shown as text goes through textContent.
function lianzhangPanel(data) {
  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function linkOr(text, href) {
    if (!href) return element("span", "", text);
    const anchor = element("a", "", text);
    anchor.href = href;
    return anchor;
  }

  function provenance(item) {
    const line = element("span", "provenance");
    if (item.status) line.append(element("span", "status status-" + item.status, data.statuses[item.status] || item.status), " ");
    if (item.source) {
      const source = data.sources[item.source] || { name: item.source, href: "" };
      line.append("来源：", linkOr(source.name, source.href));
    }
    if (item.place) line.append(" " + item.place);
    return line;
  }

  function listOf(list) {
    const part = document.createDocumentFragment();
    const count = list.count === undefined ? list.items.length : list.count;
    part.append(element("h4", "", list.title + " " + count));
    const entries = element("ul", "panel-list");
    for (const item of list.items) {
      const entry = element("li");
      const line = element("div");
      if (item.mark) line.append(element("span", "state state-" + item.state_code, item.mark), " ");
      line.append(linkOr(item.short_name || item.name, item.href));
      if (item.role) line.append(" ", element("span", "role", item.role));
      if (item.detail) line.append(" ", element("span", "detail", item.detail));
      entry.append(line, provenance(item));
      entries.append(entry);
    }
    part.append(entries);
    if (count > list.items.length) part.append(element("p", "quiet", "图中只画其中 " + list.items.length + " 个，全部见下方的表"));
    return part;
  }

  // The state with its parts: each with a bar of the most that it can give, and their sum.
  function judgement(gap) {
    const part = element("div", "judged");
    const head = element("p", "judged-head");
    head.append(element("span", "state state-" + gap.state_code, gap.state), " ");
    if (gap.score !== null) head.append(element("b", "", String(gap.score)), element("span", "quiet", " / 100，越高越弱"));
    part.append(head);
    const action = element("p");
    action.append("行动：", element("b", "", gap.action), "。" + gap.action_reason);
    part.append(action, basis(gap));
    if (gap.parts.length) part.append(partsOf(gap));
    const reasons = element("ul", "reasons");
    for (const reason of gap.reasons) reasons.append(element("li", "", reason));
    part.append(reasons);
    if (gap.href) part.append(linkOr("为什么：逐家企业、来源与规则", gap.href));
    return part;
  }

  function basis(gap) {
    const line = element("p", "provenance");
    if (gap.status) line.append("依据：", element("span", "status status-" + gap.status, data.statuses[gap.status] || gap.status), " ");
    line.append("本地企业 " + gap.firms + " 家");
    return line;
  }

  function partsOf(gap) {
    const table = element("table", "parts");
    table.append(element("caption", "unseen", "紧要各项"));
    const body = element("tbody");
    for (const item of gap.parts) body.append(partRow(item.name, item.points, item.most, item.reason));
    const foot = element("tfoot");
    foot.append(partRow("合计", gap.score, 100, ""));
    table.append(body, foot);
    return table;
  }

  function partRow(name, points, most, reason) {
    const row = element("tr");
    row.title = reason;
    const head = element("th", "", name);
    head.scope = "row";
    const bar = element("td", "gauge");
    bar.append(gauge(points, most));
    row.append(head, bar, element("td", "number", points + " / " + most));
    return row;
  }

  function gauge(points, most) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of [["class", "amount amount-score"], ["viewBox", "0 0 100 8"], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) {
      svg.setAttribute(name, value);
    }
    for (const [name, width] of [["room", 100], ["fill", most ? (100 * points) / most : 0]]) {
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      rect.setAttribute("class", name);
      rect.setAttribute("width", String(width));
      rect.setAttribute("height", "8");
      svg.append(rect);
    }
    return svg;
  }

  return { element, linkOr, provenance, listOf, judgement };
}
