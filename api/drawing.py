"""The doorway to pyvis: boxes and lines in the colours of the legend, and the picture as plain data."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from pyvis.network import Network

from api.layout import BEND, GEOMETRY, SERVICE, Layout, below_places, column_places, column_tops, place
from graph.model import STATUS_ZH
from queries.answers import STATUS_ORDER, SegmentView

INK = "#1f2933"
# Fill and border of each kind of node; the same values are the legend's in static/lianzhang.css.
FILLS: dict[str, tuple[str, str]] = {
    "上游": ("#e1ecf8", "#2f6299"),
    "中游": ("#dff0e8", "#26704f"),
    "下游": ("#fbecd3", "#96590f"),
    SERVICE: ("#ece7f5", "#65508f"),
    "product": ("#ffffff", "#66727f"),
    "firm": ("#fdeeea", "#a8432f"),
    "focus": ("#a8432f", "#7c2e1f"),
}
PLAIN_FILL = ("#eef1f4", "#5b6773")
EDGE_INKS = {"feeds": "#8593a1", "essential": "#b0413e", "optional": "#c9a29a", "supplies": "#a8432f"}
# The style of a border or a line says what the data rests on.
DASHES: dict[str, bool | list[int]] = {"confirmed": False, "reported": False, "curated": [6, 4], "inferred": [2, 3], "sample": [9, 3, 2, 3]}
FIRM_BOX = 38

Picture = dict[str, Any]


def text_width(text: str) -> int:
    """Return how wide a text is in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def wrap(text: str, width: int, lines: int) -> str:
    """Break a text into at most ``lines`` lines of ``width`` half-width characters, with … where it is cut."""
    rows, row = [], ""
    for sign in " ".join(text.split()):
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


def add_box(network: Network, id: str, label: str, fill: str, status: str, **options: Any) -> None:
    """Add a box whose colours say what it is and whose border says how well it is founded."""
    background, border = FILLS.get(fill, PLAIN_FILL)
    width = 3 if status == "confirmed" else 1.5
    network.add_node(
        id,
        label=label or " ",
        shape="box",
        color={"background": background, "border": border, "highlight": {"background": background, "border": INK}},
        borderWidth=width,
        borderWidthSelected=3,
        shapeProperties={"borderDashes": DASHES.get(status, False), "borderRadius": 3},
        **options,
    )


def add_segment(network: Network, segment: SegmentView) -> None:
    """Add a segment's box, with how many products and firms are known in it."""
    counts = f"产品 {len(segment.products)} · 企业 {len(segment.enterprises)}"
    label = f"{wrap(segment.name, 18, 2)}\n{counts}"
    title = f"{segment.name}\n{segment.tier or '层级未注明'} · {counts}\n状态: {STATUS_ZH[segment.status]}"
    add_box(
        network,
        f"s|{segment.id}",
        label,
        segment.tier or "",
        segment.status,
        title=title,
        kind="segment",
        font={"size": 15, "color": INK},
        margin=8,
        widthConstraint={"minimum": GEOMETRY["box_width"] - 16},
        heightConstraint={"minimum": GEOMETRY["box"] - 20},
    )


def add_child(network: Network, id: str, name: str, kind: str, status: str, *, mark: str = "") -> None:
    """Add a product or a firm below its segment."""
    word = {"product": "产品", "firm": mark or "企业"}[kind]
    label = wrap(f"【{mark}】{name}" if mark else name, 22, 1)
    state = f" · {STATUS_ZH[status]}" if status else ""
    add_box(
        network,
        id,
        label,
        kind,
        status,
        title=f"{word}: {name}{state}",
        kind=kind,
        font={"size": 13, "color": INK},
        margin=4,
        widthConstraint={"minimum": GEOMETRY["child_width"] - 20},
    )


def add_line(
    network: Network, start: str, end: str, kind: str, status: str, title: str, *, arrow: bool = True, upright: bool = False
) -> None:
    """Add a line; its colour says of what kind it is, its dashes how well it is founded."""
    network.add_edge(
        start,
        end,
        id=f"{kind}|{start}|{end}",
        title=title,
        kind=kind,
        color={"color": EDGE_INKS[kind], "highlight": INK, "hover": INK},
        width=1.4,
        dashes=DASHES.get(status, False),
        arrows={"to": {"enabled": arrow, "scaleFactor": 0.55}},
        smooth={"enabled": True, "type": "cubicBezier", "forceDirection": "vertical" if upright else "horizontal", "roundness": 0.45},
    )


def weakest(statuses: Iterable[str]) -> str:
    """Return the least founded of some statuses."""
    return max(statuses, key=lambda status: STATUS_ORDER[status])


def finish(network: Network, layout: Layout, sizes: Mapping[str, int], prefix: str, **parts: Any) -> Picture:
    """Give every block its place and return the picture as plain data for ``picture.js``."""
    grid = parts.get("grid", 1)
    spots = place(layout, sizes, grid=grid)
    ids = {id: id if id.startswith(BEND) else prefix + id for id in spots}
    for id, (x, y) in spots.items():
        node = network.node_map[ids[id]]
        node["x"], node["y"] = round(x, 1), round(y, 1)
    columns = [
        {"band": column.band, "x": x, "top": top, "items": [ids[item] for item in column.items]}
        for column, x, top in zip(layout.columns, column_places(layout, grid), column_tops(layout, sizes), strict=True)
    ]
    below = [{"x": x, "id": ids[item]} for item, x in zip(layout.below, below_places(layout, grid), strict=True)]
    nodes, edges, *_ = network.get_network_data()
    return {
        "nodes": nodes,
        "edges": edges,
        "columns": columns,
        "below": below,
        "sizes": {ids[id]: size for id, size in sizes.items()},
        "geometry": GEOMETRY,
        "statuses": STATUS_ZH,
        "blocks": {},
        **parts,
    }
