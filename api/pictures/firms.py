"""The picture of a firm between its suppliers and its customers: each firm where they are few, else in groups."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from api.pictures.drawing import (
    FIRM_BOX,
    INK,
    MOST_RECORDS,
    Picture,
    add_box,
    add_line,
    box_size,
    finish,
    font,
    rich_label,
    weakest,
    wrap,
)
from api.pictures.facts import Facts, Link, Sources, no_link, used_sources
from api.pictures.layout import BEND, GEOMETRY, MARK, LayoutColumn, PictureLayout, order_rows, split_rows
from api.pictures.members import BlockFirm, Members, make_templates, share
from api.pictures.wiring import Piece, Wiring
from queries.core.answers import STATUS_ORDER, EnterpriseView, SupplyEdge
from queries.core.words import show_names

if TYPE_CHECKING:
    from pyvis.network import Network

SINGLE = 26  # firms of one tier that are each drawn; more stand in groups
HIGH = 13  # firms in one column
TOP = 3  # firms of a group that are named from the start
ROWS = {1: 5, 2: 4, 4: 3}  # groups of a column that are shown from the start, by how many columns they have
GROUPS = 60  # groups of a tier; the smallest of more stand together
GROUP_BOX, GROUP_WIDTH = 44, 19
UNKNOWN = "产品不详"
TOLD = 20  # records of one firm that the panel lists
LISTED = 1_500  # records that all lines together list; each says how many it has, and the tables have all
MOST_TOLD = 3  # products, and customers, in the line of a firm of a group

Lines = dict[tuple[str, str], list[SupplyEdge]]
GroupOf = Callable[[SupplyEdge, str], str]


class Grouping(NamedTuple):
    """By what the firms of a tier stand in groups: its word, and the group of what a firm (by id) supplies."""

    word: str
    of: GroupOf


@dataclass
class FirmStanding:
    """Where everything stands: the columns, what is in a group, and the boxes that stand for a firm."""

    columns: list[LayoutColumn] = field(default_factory=list)
    groups: dict[str, dict[str, list[SupplyEdge]]] = field(default_factory=dict)  # box: firm: what it supplies there
    names: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)  # firm: the first box that stands for it
    of: dict[tuple[str, str], str] = field(default_factory=dict)  # firm and name of a group: its box


BY_PRODUCT = Grouping("产品", lambda edge, _firm: edge.product or UNKNOWN)


def picture_enterprise(
    view: EnterpriseView,
    suppliers: Sequence[SupplyEdge],
    customers: Sequence[SupplyEdge],
    sources: Sources,
    link: Link = no_link,
    grouping: Grouping = BY_PRODUCT,
    most: int | None = None,
) -> Picture:
    """Return a firm's picture: suppliers to the left by tier, customers to the right; a tier of many firms in groups,
    the largest first, with their counts. ``most`` is how many firms are named; counts are of all."""
    from pyvis.network import Network

    id, name = view.enterprise["id"], view.enterprise["name"]
    focus = "=" + id
    network, group_of = Network(directed=True), grouping.of
    left, right = _sides(id, suppliers, "supplier"), _sides(id, customers, "customer")
    standing = FirmStanding(names={focus: name}, boxes={focus: focus})
    tiers = len(left) + len(right)
    wide = 1 if tiers > 1 + bool(left and right) else 2 if left and right else 4
    for tier, firms in sorted(left.items(), reverse=True):
        band = "供应商" if tier == 1 else f"第 {tier} 层供应商"
        _stand(standing, f"<{tier}", band, firms, "supplier", group_of, wide)
    standing.columns.append(LayoutColumn("本企业", (focus,)))
    for tier, firms in sorted(right.items()):
        band = "客户" if tier == 1 else f"第 {tier} 层客户"
        _stand(standing, f">{tier}", band, firms, "customer", group_of, wide)
    lines = _supply_lines(id, suppliers, customers, standing, group_of)
    layout = _lay_out(standing, lines)
    opened = {box: min(len(firms), TOP) + (len(firms) > TOP) for box, firms in standing.groups.items()}
    _add_boxes(network, layout, standing, focus)
    members = _add_members(network, standing, most)
    wiring = Wiring(network, layout, {})
    _add_lines(wiring, lines, standing)
    facts = _facts(view, lines, standing, link)
    sizes = {item: 12 if item.startswith(BEND) else GROUP_BOX if item in standing.groups else FIRM_BOX
             for column in layout.columns for item in (*column.items, *column.rest)}  # fmt: skip
    parts: dict[str, Any] = {
        "facts": facts,
        "sources": used_sources(network, facts, sources, link, members.origins),
        "links": {"firm": link("Enterprise", MARK)},
        "title": f"{name}的供应商与客户",
        "focus": f"s|{focus}",
        "grouped": grouping.word if standing.groups else "",
    }
    return finish(
        network, layout, sizes, "s|", make_templates(), opened, kind="enterprise", anchors=wiring.anchors,
        **parts, **members.parts(),
    )  # fmt: skip


def _sides(id: str, edges: Sequence[SupplyEdge], far: str) -> dict[int, dict[str, list[SupplyEdge]]]:
    """Return the firms of one side by their nearest tier, each with the edges that it is the far end of; the mark in
    front keeps the two sides apart."""
    nearest: dict[str, int] = {}
    own: dict[str, list[SupplyEdge]] = defaultdict(list)
    mark = "<" if far == "supplier" else ">"
    for edge in edges:
        firm = getattr(edge, far).id
        if firm != id:
            nearest[mark + firm] = min(edge.tier, nearest.get(mark + firm, edge.tier))
            own[mark + firm].append(edge)
    tiers: dict[int, dict[str, list[SupplyEdge]]] = defaultdict(dict)
    for firm, tier in nearest.items():
        tiers[tier][firm] = own[firm]
    return dict(tiers)


def _stand(
    standing: FirmStanding,
    tier: str,
    band: str,
    firms: Mapping[str, list[SupplyEdge]],
    far: str,
    group_of: GroupOf,
    wide: int,
) -> None:
    """Put the firms of a tier into columns: each of few, the groups of many."""
    side = len(standing.columns) + 1
    standing.names |= {firm: getattr(edges[0], far).name for firm, edges in firms.items()}
    if len(firms) <= SINGLE:
        standing.boxes |= {firm: firm for firm in firms}
        standing.columns += [LayoutColumn(band, tuple(part), side=side) for part in split_rows([*firms], HIGH)]
        return
    groups: dict[str, dict[str, list[SupplyEdge]]] = defaultdict(lambda: defaultdict(list))
    for firm, edges in firms.items():
        nearest = min(edge.tier for edge in edges)
        for edge in edges:
            if edge.tier == nearest:  # what it supplies to others of its own tier does not say what it stands here for
                groups[group_of(edge, firm[1:])][firm].append(edge)
    order = sorted(groups, key=lambda name: (-len(groups[name]), name))
    if len(order) > GROUPS:
        rest = order[GROUPS - 1 :]
        together = f"其他 {len(rest)} 组"
        for name in rest:
            for firm, edges in groups[name].items():
                groups[together][firm] += edges
                standing.of[firm, name] = f"{tier}{MARK}{together}"
        order = [*order[: GROUPS - 1], together]
    boxes = [f"{tier}{MARK}{name}" for name in order]
    for box, name in zip(boxes, order, strict=True):
        standing.groups[box] = groups[name]
        standing.names[box] = name
        for firm in groups[name]:
            standing.boxes.setdefault(firm, box)
            standing.of[firm, name] = box
    wide = max(part for part in ROWS if part <= min(wide, len(boxes)))
    rows = ROWS[wide]
    for place in range(wide):
        column = boxes[place::wide]
        standing.columns.append(LayoutColumn(band, tuple(column[:rows]), tuple(column[rows:]), side))


def _supply_lines(
    id: str, suppliers: Sequence[SupplyEdge], customers: Sequence[SupplyEdge], standing: FirmStanding, group_of: GroupOf
) -> Lines:
    """Return the supplies by the two boxes that stand for their ends: at the far end the group that it is in."""
    lines: Lines = defaultdict(list)
    for mark, edges in (("<", suppliers), (">", customers)):
        for edge in edges:
            far, near = (edge.supplier, edge.customer) if mark == "<" else (edge.customer, edge.supplier)
            ends = ["=" + id if firm.id == id else mark + firm.id for firm in (far, near)]
            first = standing.boxes.get(ends[0], "")
            if first in standing.groups:
                first = standing.of.get((ends[0], group_of(edge, far.id)), first)
            second = standing.boxes.get(ends[1], "")
            if first and second and first != second:
                lines[(first, second) if mark == "<" else (second, first)].append(edge)
    return lines


def _lay_out(standing: FirmStanding, lines: Lines) -> PictureLayout:
    """Return the layout: single firms in the order in which their lines cross least, and through the columns of groups
    that others stand behind one bend for all of them."""
    columns = standing.columns
    ordered = order_rows([list(column.items) for column in columns], sorted(lines))
    items = [
        order if standing.groups.keys().isdisjoint(column.items) else list(column.items)
        for column, order in zip(columns, ordered, strict=True)
    ]
    place = {item: number for number, column in enumerate(columns) for item in (*column.items, *column.rest)}
    routes: dict[tuple[str, str], tuple[str, ...]] = {}
    for start, end in lines:
        between = range(place[start] + 1, place[end])
        crossed = [number for number in between if columns[number].side]
        routes[start, end] = tuple(f"{BEND}{columns[number].side}{MARK}{number}" for number in crossed)
    for bend in dict.fromkeys(bend for way in routes.values() for bend in way):
        column = items[int(bend.rpartition(MARK)[2])]
        column.insert((len(column) + 1) // 2, bend)
    placed = [replace(column, items=tuple(there)) for column, there in zip(columns, items, strict=True)]
    return PictureLayout(tuple(placed), routes=routes)


def _add_boxes(network: "Network", layout: PictureLayout, standing: FirmStanding, focus: str) -> None:
    for item in (item for column in layout.columns for item in (*column.items, *column.rest)):
        if item.startswith(BEND):
            continue
        name = standing.names[item]
        if item in standing.groups:
            count = f"{len(standing.groups[item]):,} 家"
            about = {"kind": "group", "font": font(14, 13), **box_size(GEOMETRY["box_width"], GROUP_BOX)}
            label = rich_label(wrap(name, GROUP_WIDTH, 1), count)
            add_box(network, f"s|{item}", label, "product", "", title=f"{name}\n{count}", **about)
        else:
            fill, ink = ("focus", "drawn-focus-ink") if item == focus else ("firm", INK)
            first, _, second = wrap(name, 20, 2).partition("\n")
            about = {"kind": "firm", "font": font(13, 13, ink, weight=""), **box_size(GEOMETRY["box_width"], FIRM_BOX)}
            add_box(network, f"s|{item}", rich_label(first, second), fill, "", title=name, **about)


def _add_lines(wiring: Wiring, lines: Lines, standing: FirmStanding) -> None:
    """Add the lines; a piece that several share is drawn once."""
    pieces: dict[Piece, list[tuple[str, str]]] = defaultdict(list)
    last: set[Piece] = set()
    for start, end in sorted(lines):
        way = wiring.between(f"s|{start}", f"s|{end}")
        last.add(way[-1])
        for piece in way:
            pieces[piece].append((start, end))
    most = max(1, min(MOST_RECORDS, LISTED // max(1, len(pieces))))
    for piece, pairs in pieces.items():
        names = ["、".join(dict.fromkeys(standing.names[end] for end in side)) for side in zip(*pairs, strict=True)]
        rows = [_record(edge, f"{edge.supplier.name} → {edge.customer.name}") for pair in pairs for edge in lines[pair]]
        ends = [[f"s|{start}", f"s|{end}"] for start, end in pairs]
        add_line(wiring.network, [piece], "supplies", rows, " → ".join(names), ends, arrow=piece in last, most=most)


def _add_members(network: "Network", standing: FirmStanding, most: int | None) -> Members:
    members = Members(network)
    room = share([len(firms) for firms in standing.groups.values()], most)
    for box, firms in standing.groups.items():
        told = [_member(firm, edges, standing, box) for firm, edges in firms.items()]
        members.add(f"s|{box}", told[:room], count=len(firms), top=TOP, drawn=TOP)
    return members


def _member(firm: str, edges: Sequence[SupplyEdge], standing: FirmStanding, box: str) -> BlockFirm:
    """Return a firm of a group, no better founded than the least of what it supplies there; what the group is called
    needs no saying."""
    least = max(edges, key=lambda edge: STATUS_ORDER[edge.status])
    near = (edge.customer if firm.startswith("<") else edge.supplier for edge in edges)
    whom = "" if edges[0].tier == 1 else show_names(dict.fromkeys(firm.name for firm in near), MOST_TOLD)
    what = show_names(dict.fromkeys(edge.product or UNKNOWN for edge in edges), MOST_TOLD, unit="种")
    detail = " · ".join(filter(None, (what if what != standing.names[box] else "", whom)))
    return BlockFirm(firm[1:], standing.names[firm], least.status, least.source, detail, least.place)


def _record(edge: SupplyEdge, name: str) -> Facts:
    detail = (edge.product or UNKNOWN) + (f"（有效期止 {edge.valid_to}）" if edge.valid_to else "")
    return {"name": name, "detail": detail, "status": edge.status, "source": edge.source, "place": edge.place}


def _facts(view: EnterpriseView, lines: Lines, standing: FirmStanding, link: Link) -> dict[str, Facts]:
    """Return what the panel shows of each box: of a firm what it delivers and takes in this picture, each with status
    and source; of a group its firms; where a group is the other end, how many of it."""
    delivers: dict[str, list[Facts]] = defaultdict(list)
    takes: dict[str, list[Facts]] = defaultdict(list)
    for (start, end), edges in lines.items():
        for here, there, told in ((start, end, delivers), (end, start, takes)):
            if there in standing.groups:
                group = {"name": standing.names[there], "detail": f"{len(standing.groups[there]):,} 家"}
                status = weakest(edge.status for edge in edges)
                told[here].append({**group, "status": status, "node": f"s|{there}"})
            else:
                told[here] += [_record(edge, standing.names[there]) for edge in edges[:TOLD]]
    facts: dict[str, Facts] = {}
    for column in standing.columns:
        for box in (*column.items, *column.rest):
            name = standing.names[box]
            lists = [{"title": "供应商", "items": takes[box]}, {"title": "客户", "items": delivers[box]}]
            if box in standing.groups:
                own = {"title": "企业", "items": [], "rows": f"s|{box}", "count": len(standing.groups[box])}
                facts[f"s|{box}"] = {"name": name, "kind": f"{column.band}（一组）", "href": "", "lists": [own, *lists]}
            else:
                facts[f"s|{box}"] = {"name": name, "kind": "企业", "href": link("Enterprise", box[1:]), "lists": lists}
    focus = view.enterprise
    own_fields = {field: focus.get(field) for field in ("status", "source", "place", "description")}
    facts[f"s|={focus['id']}"] |= {**own_fields, "kind": "本企业", "href": ""}
    return facts
