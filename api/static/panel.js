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

  const MOST = 100;

  // ``choose`` leads to what an entry stands for in the picture; a long list grows on a click.
  function listOf(list, choose) {
    const part = document.createDocumentFragment();
    const count = list.count === undefined ? list.items.length : list.count;
    part.append(element("h4", "", list.title + " " + count.toLocaleString("en")));
    const entries = element("ul", "panel-list");
    part.append(entries);
    let told = 0;
    const more = element("button", "plain more");
    more.type = "button";

    function tellMore() {
      for (const item of list.items.slice(told, told + MOST)) entries.append(entryOf(item, choose));
      told = Math.min(list.items.length, told + MOST);
      more.textContent = "再列 " + Math.min(MOST, list.items.length - told) + " 个";
      more.hidden = told >= list.items.length;
    }

    tellMore();
    more.addEventListener("click", tellMore);
    part.append(more);
    if (count > list.items.length) part.append(element("p", "quiet", "这里只列其中 " + list.items.length + " 个，全部见页面上的表"));
    return part;
  }

  function entryOf(item, choose) {
    const entry = element("li");
    const line = element("div");
    if (item.mark) line.append(element("span", "state state-" + item.state_code, item.mark), " ");
    if (!item.href && item.node && choose) {
      const button = element("button", "plain", item.name);
      button.type = "button";
      button.addEventListener("click", () => choose(item.node));
      line.append(button);
    } else line.append(linkOr(item.short_name || item.name, item.href));
    if (item.role) line.append(" ", element("span", "role", item.role));
    if (item.detail) line.append(" ", element("span", "detail", item.detail));
    entry.append(line, provenance(item));
    return entry;
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
