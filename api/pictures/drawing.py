"""The doorway to pyvis: boxes and lines in the roles of colours that the legend has, and the picture as plain data."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from api.pictures.layout import (
    BEND,
    GEOMETRY,
    MARK,
    SERVICE,
    PictureLayout,
    below_places,
    column_places,
    column_tops,
    place,
)
from api.pictures.wiring import HALF, RAIL, SHAPES, Piece
from graph.statuses import STATUS_ZH
from queries.core.answers import STATUS_ORDER, SegmentView
from queries.gaps.answers import Judged
from queries.gaps.words import mark_of

if TYPE_CHECKING:
    from pyvis.network import Network

# Colours are said by their role: the style sheet has them, light and dark, and picture.js reads them when it draws.
INK = "ink"
# What each kind of node is filled with; its border is the same role's edge, and the legend has both.
TIER_FILLS = {"上游": "tier-up", "中游": "tier-mid", "下游": "tier-down", SERVICE: "tier-service"}
FILLS = TIER_FILLS | {"product": "drawn-product", "firm": "drawn-firm", "focus": "drawn-focus"}
PLAIN_FILL = "drawn-plain"
EDGE_WORDS = {"feeds": "供给", "essential": "必需投入", "optional": "投入（可替代）", "supplies": "供应"}
# The style of a border or a line says what the data rests on.
DASHES: dict[str, bool | list[int]] = {
    "confirmed": False,
    "reported": False,
    "curated": [6, 4],
    "inferred": [2, 3],
    "sample": [9, 3, 2, 3],
}
FIRM_BOX = 38
MORE_BOX = 26
MOST_RECORDS = 40  # that the panel lists of one line
STYLE = {
    "shape", "color", "borderWidth", "borderWidthSelected", "shapeProperties", "font", "margin", "widthConstraint",
    "heightConstraint",
    "size", "chosen", "kind", "colours", "state", "word", "width", "dashes", "arrows", "smooth",
}  # fmt: skip

MEMBER = 20  # how wide the name of a product or firm in a block is, in half-width characters

LOOKALIKES = str.maketrans("\\*_`", "＼∗ˍˋ")

Picture = dict[str, Any]
Spot = tuple[float, float]


def box_size(width: float, height: float) -> dict[str, Any]:
    """Return the options that give a box this size, whatever its label."""
    return {
        "margin": 3,
        "widthConstraint": {"minimum": width - 6, "maximum": width - 6},
        "heightConstraint": {"minimum": height - 6},
    }


def rich_label(head: str, foot: str, mark: str = "") -> str:
    """Return a label of two parts for vis-network's Markdown (its HTML undoes no &amp;, and takes a name with & for a
    regular expression); a mark goes before the foot."""
    heads = [f"*{_plain(line)}*" for line in head.split("\n") if line]
    feet = [f"_{_plain(line)}_" for line in foot.split("\n") if line]
    return "\n".join([*heads, *([" ".join([_plain(mark), *feet])] if mark else feet)])


def _plain(text: str) -> str:
    """Return a text without the four signs of the Markdown: others that look like them stand for them, since the
    stroke before a sign stops vis-network 9.1.2."""
    return text.translate(LOOKALIKES)


def font(size: int, foot: int, ink: str = INK, weight: str = "600") -> dict[str, Any]:
    """Return the font of a label of two parts, with a little air between them, in the middle of its box."""
    return {
        "size": size,
        "color": ink,
        "multi": "md",
        "bold": {"mod": weight, "size": size, "vadjust": -1, "color": ink},
        "ital": {"mod": "", "size": foot, "vadjust": 0, "color": ink},
    }


def text_width(text: str) -> int:
    """Return how wide a text is in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def wrap(text: str, width: int, lines: int) -> str:
    """Break a text into at most ``lines`` lines of ``width`` half-width characters, with … where it is cut."""
    rows, row = [], ""
    text = " ".join(text.split())
    total = text_width(text)
    if lines > 1 and width < total <= width * 2:
        return _halve(text, width)
    for sign in text:
        if row and text_width(row + sign) > width:
            rows.append(row)
            row = ""
        row += sign
    rows = [*rows, row]
    if len(rows) > lines:
        last = rows[lines - 1]
        while last and text_width(last) > width - 2:
            last = last[:-1]
        rows = [*rows[: lines - 1], last + "…"]
    return "\n".join(rows)


def _halve(text: str, width: int) -> str:
    """Break a text in two, before 与、和、及 or after 、 where both halves fit, else in the middle."""
    breaks = [number for number in range(1, len(text)) if text[number] in "与和及" or text[number - 1] in "、 "]
    fitting = [number for number in breaks if max(text_width(text[:number]), text_width(text[number:])) <= width]
    places = fitting or range(1, len(text))
    best = min(places, key=lambda number: abs(text_width(text[:number]) - text_width(text[number:])))
    return f"{text[:best].rstrip()}\n{text[best:]}"


def add_box(
    network: "Network", id: str, label: str, fill: str, status: str, judged: Judged | None = None, **options: Any
) -> None:
    """Add a box whose colours say what it is, or in what state, and whose border says how well it is founded."""
    color = _colours(FILLS.get(fill, PLAIN_FILL))
    if status not in DASHES:  # a thin grey border says nothing about what it rests on
        color["border"] = "edge"
    if judged:
        options |= {
            "state": judged.state.name,
            "colours": {"tier": color, "state": _colours(f"drawn-{judged.state.name}")},
        }
        color = options["colours"]["state"]
    width = {"confirmed": 3.0, "": 0.6}.get(status, 1.5)
    network.add_node(
        id,
        label=label or " ",
        shape="box",
        color=color,
        borderWidth=width,
        borderWidthSelected=3,
        shapeProperties={"borderDashes": DASHES.get(status, False), "borderRadius": 3},
        **options,
    )


def _colours(fill: str) -> dict[str, Any]:
    chosen = {"background": fill, "border": INK}
    return {"background": fill, "border": f"{fill}-edge", "highlight": chosen, "hover": chosen}


def state_font(judged: Judged, size: int) -> dict[str, Any]:
    """Return the font of the mark that says a state: it is what the label has beside head and foot."""
    return {"size": size, "vadjust": 0, "color": f"drawn-{judged.state.name}-ink"}


def state_title(judged: Judged | None) -> str:
    """Return the line of a tooltip that tells a state."""
    if judged is None:
        return ""
    return f"\n断点：{judged.state}" + ("" if judged.score is None else f" {judged.score:g} 分") + f",{judged.action}"


def add_segment(network: "Network", segment: SegmentView, judged: Judged | None, products: int, firms: int) -> None:
    """Add a segment's box, with its state and how many products and firms are known in it."""
    counts = f"产品 {products} · 企业 {firms}"
    label, style = rich_label(wrap(segment.name, 18, 2), counts), font(15, 12)
    if judged:
        label = rich_label(wrap(segment.name, 18, 2), f"产品{products} 企业{firms}", mark_of(judged))
        style = {**font(15, 12), **state_font(judged, 12)}
    title = (
        f"{segment.name}\n{segment.tier or '层级未注明'} · {counts}{state_title(judged)}\n数据状态："
        f"{STATUS_ZH[segment.status]}"
    )
    about = {"title": title, "kind": "segment", "font": style, **box_size(GEOMETRY["box_width"], GEOMETRY["box"])}
    add_box(network, f"s|{segment.id}", label, segment.tier or "", segment.status, judged, **about)


def add_child(
    network: "Network", id: str, name: str, kind: str, status: str, *, mark: str = "", judged: Judged | None = None
) -> None:
    """Add a product with its state, or a firm, below its segment."""
    word = {"product": "产品", "firm": mark or "企业"}[kind]
    label, style = wrap(f"◆ {name}" if mark else name, MEMBER, 1), {"size": 13, "color": INK}
    if judged:
        state = mark_of(judged, score=False)
        label = rich_label("", wrap(name, MEMBER - 1 - text_width(state), 1), state)
        style = {**font(13, 13), **state_font(judged, 12)}
    title = f"{word}：{name}{state_title(judged)}\n数据状态：{STATUS_ZH[status]}"
    about = {"title": title, "kind": kind, "font": style, **box_size(GEOMETRY["box_width"], GEOMETRY["child"] - 4)}
    add_box(network, id, label, kind, status, judged, **about)


def add_more(network: "Network", id: str) -> None:
    """Add the box that stands for those that are not shown yet; ``picture.js`` writes how many they are."""
    about = {"kind": "more", "font": {"size": 13, "color": "link"}, **box_size(GEOMETRY["box_width"], MORE_BOX - 3)}
    add_box(network, id, "", "", "", title="单击再列出一些", **about)


def add_line(
    network: "Network",
    pieces: list[Piece],
    kind: str,
    rows: list[dict[str, Any]],
    name: str,
    ends: list[list[str]],
    arrow: bool = True,
    most: int = MOST_RECORDS,
) -> None:
    """Add a line; its colour says of what kind it is, its dashes how well it is founded; ``rows`` are the records
    behind it, of which the panel lists the first, ``most`` of them."""
    status = weakest(row["status"] for row in rows)
    shown = "、".join(dict.fromkeys(row.get("detail") or row["name"] for row in rows))
    count, rows = len(rows), rows[:most]
    for start, end, shape in pieces:
        network.add_edge(
            start,
            end,
            id=f"{kind}{MARK}{start}{MARK}{end}",
            kind=kind,
            word=EDGE_WORDS[kind],
            name=name,
            ends=ends,
            title=f"{EDGE_WORDS[kind]}：{shown[:120]}\n状态：{STATUS_ZH[status]}",
            rows=rows,
            count=count,
            color={"color": f"drawn-{kind}", "highlight": INK, "hover": INK},
            width=1.3,
            dashes=DASHES[status],
            arrows={"to": {"enabled": arrow and (start, end, shape) == pieces[-1], "scaleFactor": 0.5}},
            smooth=SHAPES[shape],
        )


def weakest(statuses: Iterable[str]) -> str:
    """Return the least founded of some statuses."""
    return max(statuses, key=lambda status: STATUS_ORDER[status])


def finish(
    network: "Network",
    layout: PictureLayout,
    sizes: Mapping[str, int],
    prefix: str,
    templates: "Network",
    opened: Mapping[str, int] | None = None,
    **parts: Any,
) -> Picture:
    """Give every block its place and return the picture as plain data for ``picture.js``; what is shown later is made
    like one of the ``templates``."""
    spots = place(layout, sizes, opened)
    ids = {id: id if id.startswith(BEND) else prefix + id for id in (*sizes, *spots)}
    for id, (x, y) in spots.items():
        node = network.node_map[ids[id]]
        node["x"], node["y"] = round(x, 1), round(y, 1)
    _place_anchors(network, parts["anchors"], spots, prefix, layout)
    columns = [
        {"band": column.band, "side": column.side, "x": x, "top": top}
        | {"items": [ids[item] for item in column.items], "rest": [ids[item] for item in column.rest]}
        for column, x, top in zip(
            layout.columns, column_places(layout), column_tops(layout, sizes, opened), strict=True
        )
    ]
    below = [{"x": x, "id": ids[item]} for item, x in zip(layout.below, below_places(layout), strict=True)]
    nodes, edges, *_ = network.get_network_data()
    styles: list[dict[str, Any]] = []
    return {
        "nodes": _share_styles(nodes, styles),
        "edges": _share_styles(edges, styles),
        "templates": {node["id"]: node for node in _share_styles(templates.get_network_data()[0], styles)},
        "styles": styles,
        "columns": columns,
        "below": below,
        "sizes": {ids[id]: size for id, size in sizes.items()},
        "geometry": GEOMETRY,
        "half": HALF + RAIL + 3,
        "member": MEMBER,
        "statuses": STATUS_ZH,
        "tints": TIER_FILLS,
        "blocks": {},
        "links": {},
        **parts,
    }


def _share_styles(items: list[dict[str, Any]], styles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items with the options that many have alike replaced by a
    number in ``styles``; a large picture is a third as long."""
    known = {json.dumps(style, sort_keys=True): number for number, style in enumerate(styles)}
    shared = []
    for item in items:
        style = {name: value for name, value in item.items() if name in STYLE}
        number = known.setdefault(json.dumps(style, sort_keys=True), len(styles))
        if number == len(styles):
            styles.append(style)
        shared.append({name: value for name, value in item.items() if name not in STYLE} | {"style": number})
    return shared


def _place_anchors(
    network: "Network",
    anchors: Mapping[str, Mapping[str, Any]],
    spots: Mapping[str, Spot],
    prefix: str,
    layout: PictureLayout,
) -> None:
    """Place the ports and rails of the boxes that are shown from the start."""
    foot = (
        spots[layout.below[0]][1] - GEOMETRY["box"] / 2 - GEOMETRY["below"] + GEOMETRY["foot"] if layout.below else 0.0
    )
    for id, anchor in anchors.items():
        of = anchor["of"]
        spot = (
            spots.get(of if of.startswith(BEND) else of.removeprefix(prefix)) if of.startswith((BEND, prefix)) else None
        )
        if spot:
            network.node_map[id]["x"] = round(spot[0] + anchor["dx"], 1)
            network.node_map[id]["y"] = round(foot if anchor.get("foot") else spot[1] + anchor["dy"], 1)
