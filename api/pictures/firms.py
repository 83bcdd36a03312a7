"""The picture of a firm between its suppliers and its customers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from api.pictures.drawing import (
    FIRM_BOX,
    INK,
    Picture,
    add_box,
    add_line,
    box_size,
    finish,
    font,
    rich_label,
    wrap,
)
from api.pictures.facts import Facts, Link, Sources, no_link, used_sources
from api.pictures.layout import (
    GEOMETRY,
    LayoutColumn,
    PictureLayout,
    order_rows,
    split_rows,
)
from api.pictures.wiring import Wiring
from queries.core.answers import EnterpriseView, SupplyEdge

if TYPE_CHECKING:
    from pyvis.network import Network

Lines = dict[tuple[str, str], list[SupplyEdge]]


def picture_enterprise(
    view: EnterpriseView,
    suppliers: Sequence[SupplyEdge],
    customers: Sequence[SupplyEdge],
    sources: Sources,
    link: Link = no_link,
) -> Picture:
    """Return a firm's picture: suppliers to the left by tier, customers to the right."""
    from pyvis.network import Network

    id, name = view.enterprise["id"], view.enterprise["name"]
    network = Network(directed=True)
    left, right = _sides(id, suppliers, "supplier"), _sides(id, customers, "customer")
    columns = [
        ("供应商" if tier == 1 else f"第 {tier} 层供应商", ids) for tier, ids in sorted(left.items(), reverse=True)
    ]
    columns += [("本企业", ["=" + id])] + [
        ("客户" if tier == 1 else f"第 {tier} 层客户", ids) for tier, ids in sorted(right.items())
    ]
    lines = _supply_lines(id, suppliers, customers, {item for _, ids in columns for item in ids})
    ordered = order_rows([ids for _, ids in columns], sorted(lines))
    pitch = FIRM_BOX + GEOMETRY["gap"]
    split = [
        (band, part)
        for (band, _), ids in zip(columns, ordered, strict=True)
        for part in split_rows(ids, GEOMETRY["column"], pitch)
    ]
    layout = PictureLayout(tuple(LayoutColumn(band, tuple(ids)) for band, ids in split))
    known = {
        f"{side}{firm.id}": firm.name
        for side, edges in (("<", suppliers), (">", customers))
        for edge in edges
        for firm in (edge.supplier, edge.customer)
    }
    _add_firms(network, layout, {**known, "=" + id: name}, "=" + id)
    wiring = Wiring(network, layout, 1, {})
    for (start, end), edges in sorted(lines.items()):
        between = f"{known.get(start, name)} → {known.get(end, name)}"
        rows = [_supply_record(edge, between) for edge in edges]
        add_line(
            network, wiring.direct(f"s|{start}", f"s|{end}"), "supplies", rows, between, [[f"s|{start}", f"s|{end}"]]
        )
    facts = _enterprise_facts(view, lines, {**known, "=" + id: name}, link)
    sizes = {item: FIRM_BOX for column in layout.columns for item in column.items}
    parts = {
        "facts": facts,
        "sources": used_sources(network, facts, sources, link),
        "title": f"{name}的供应商与客户",
        "focus": f"s|={id}",
    }
    return finish(network, layout, sizes, "s|", kind="enterprise", anchors=wiring.anchors, **parts)


def _sides(id: str, edges: Sequence[SupplyEdge], far: str) -> dict[int, list[str]]:
    """Return the firms of one side by their nearest tier; the mark in front keeps the two sides apart."""
    nearest: dict[str, int] = {}
    for edge in edges:
        firm = getattr(edge, far).id
        if firm != id:
            nearest[firm] = min(edge.tier, nearest.get(firm, edge.tier))
    tiers: dict[int, list[str]] = defaultdict(list)
    mark = "<" if far == "supplier" else ">"
    for firm, tier in nearest.items():
        tiers[tier].append(mark + firm)
    return dict(tiers)


def _supply_lines(id: str, suppliers: Sequence[SupplyEdge], customers: Sequence[SupplyEdge], there: set[str]) -> Lines:
    lines: Lines = defaultdict(list)
    for mark, edges in (("<", suppliers), (">", customers)):
        for edge in edges:
            start, end = ("=" + id if firm.id == id else mark + firm.id for firm in (edge.supplier, edge.customer))
            if start != end and start in there and end in there:
                lines[start, end].append(edge)
    return lines


def _add_firms(network: "Network", layout: PictureLayout, names: Mapping[str, str], focus: str) -> None:
    for item in (item for column in layout.columns for item in column.items):
        fill, ink = ("focus", "drawn-focus-ink") if item == focus else ("firm", INK)
        first, _, second = wrap(names[item], 22, 2).partition("\n")
        about = {
            "title": names[item],
            "font": font(13, 13, ink, weight=""),
            **box_size(GEOMETRY["child_box"], FIRM_BOX),
        }
        add_box(network, f"s|{item}", rich_label(first, second), fill, "", kind="firm", **about)


def _supply_record(edge: SupplyEdge, name: str) -> Facts:
    detail = (edge.product or "产品不详") + (f"（有效期止 {edge.valid_to}）" if edge.valid_to else "")
    return {"name": name, "detail": detail, "status": edge.status, "source": edge.source, "place": edge.place}


def _enterprise_facts(view: EnterpriseView, lines: Lines, names: Mapping[str, str], link: Link) -> dict[str, Facts]:
    """Return what the panel shows of each firm: what it delivers and takes in
    this picture, each with status and source."""
    delivers: dict[str, list[Facts]] = defaultdict(list)
    takes: dict[str, list[Facts]] = defaultdict(list)
    for (start, end), edges in lines.items():
        for edge in edges:
            delivers[start].append(_supply_record(edge, names[end]))
            takes[end].append(_supply_record(edge, names[start]))
    facts: dict[str, Facts] = {}
    for firm, name in names.items():
        lists = [{"title": "供应商", "items": takes[firm]}, {"title": "客户", "items": delivers[firm]}]
        facts[f"s|{firm}"] = {"name": name, "kind": "企业", "href": link("Enterprise", firm[1:]), "lists": lists}
    focus = view.enterprise
    own = {field: focus.get(field) for field in ("status", "source", "place", "description")}
    facts[f"s|={focus['id']}"] |= {**own, "kind": "本企业", "href": ""}
    return facts
