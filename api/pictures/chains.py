"""The picture of a chain: its segments in columns, with their products and firms, in their states."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.core.templating import environment
from api.pictures.drawing import (
    Picture,
    add_box,
    add_child,
    add_line,
    add_segment,
    box_size,
    finish,
    font,
    rich_label,
)
from api.pictures.facts import Facts, Link, Sources, no_link, used_sources
from api.pictures.layout import (
    BEND,
    GEOMETRY,
    MARK,
    PictureLayout,
    arrange,
)
from api.pictures.members import BlockFirm, Members, make_templates, share
from api.pictures.wiring import Piece, Wiring
from queries.core.answers import ChainProduct, ChainView, Flow, SegmentView
from queries.gaps.answers import Judged, ScorePart, WeakLinks
from queries.gaps.words import STATE_MEANING, Places, mark_of, places_of

if TYPE_CHECKING:
    from pyvis.network import Network

TOP = 8  # firms of a segment that are shown when it is opened; the rest on a click
NAMED = 20  # times as many firms are named as have lines
Blocks = Mapping[str, Mapping[str, Any]]
POOL = f"{MARK}pool"  # the block of firms that are on the chain without a segment
environment().globals["state_meaning"] = STATE_MEANING  # of the legend below a picture


def picture_chain(
    view: ChainView,
    sources: Sources,
    link: Link = no_link,
    weak_links: WeakLinks | None = None,
    certificate: Link = no_link,
    most: int | None = None,
) -> Picture:
    """Return a chain's picture: segments in columns, their products and firms ready to be shown below them, in their
    states.

    ``certificate`` gives the address of the certificate of a segment or product of the chain (label, id); ``most`` is
    how many products and how many firms have lines, shared out among the segments, with three times as many lines;
    twenty times as many firms are named; counts are of all.
    """
    from pyvis.network import Network  # half a second, and the pages without a picture do not need it

    places = places_of(weak_links)
    network = Network(directed=True)
    names = {segment.id: segment.name for segment in view.segments}
    firms = _firms(view)
    counts = {segment.id: (len(segment.products), len(segment.enterprises)) for segment in view.segments}
    counts |= {POOL: (0, len(firms[POOL]))} if POOL in firms else {}
    named = share([len(there) for there in firms.values()], None if most is None else NAMED * most)
    drawn = share([len(there) for there in firms.values()], most)
    if most is not None:
        view = _cut(view, firms, most)
    layout = arrange(
        {segment.id: segment.tier for segment in view.segments},
        [(flow.upstream, flow.downstream) for flow in view.feeds],
    )
    if POOL in firms:
        layout = PictureLayout(layout.columns, (*layout.below, POOL), layout.routes)
    for segment in view.segments:
        add_segment(network, segment, places.get(("Segment", segment.id)), *counts[segment.id])
    if POOL in firms:
        _add_pool(network, len(firms[POOL]))
    members = Members(network)
    for segment in view.segments:
        products = _add_products(network, segment, places)
        members.add(
            f"s|{segment.id}", firms[segment.id][:named], count=len(firms[segment.id]), top=TOP, drawn=drawn,
            products=products,
        )  # fmt: skip
    if POOL in firms:
        members.add(f"s|{POOL}", firms[POOL][:named], count=len(firms[POOL]), top=TOP, drawn=drawn)
    blocks = members.blocks
    wiring = Wiring(network, layout, blocks)
    _add_feeds(wiring, view.feeds, names)
    _add_inputs(wiring, view, blocks)
    _add_supplies(wiring, view, blocks)
    sizes = {
        item: GEOMETRY["bend"] if item.startswith(BEND) else GEOMETRY["box"]
        for column in layout.columns
        for item in column.items
    }
    sizes |= dict.fromkeys(layout.below, GEOMETRY["box"])
    facts = _chain_facts(view, link, counts)
    _add_states(facts, view, places, certificate)
    parts: dict[str, Any] = {
        "facts": facts,
        "sources": used_sources(network, facts, sources, link, members.origins),
        "links": {"firm": link("Enterprise", MARK)},
        "judged": bool(places),
        "title": f"{view.chain['name']}产业链",
    }
    return finish(
        network, layout, sizes, "s|", make_templates(), kind="chain", anchors=wiring.anchors, **parts, **members.parts()
    )


def _firms(view: ChainView) -> dict[str, list[BlockFirm]]:
    """Return the firms of each segment, those that lead the chain first, and those on the chain without a segment."""
    roles = {item.id: str(item.properties.get("role") or "链主") for item in view.leaders}
    firms = {
        segment.id: [
            BlockFirm(firm.id, firm.short_name or firm.name, firm.status, firm.source, mark=roles.get(firm.id, ""))
            for firm in sorted(segment.enterprises, key=lambda firm: firm.id not in roles)
        ]
        for segment in view.segments
    }
    placed = {firm.id for segment in view.segments for firm in segment.enterprises}
    pool: dict[str, BlockFirm] = {}
    for item in (*view.leaders, *view.members):
        if item.label in ("Enterprise", "Institute") and item.id not in placed and item.id not in pool:
            role = str(item.properties.get("role") or ("链主" if item.relation == "LEADS" else ""))
            pool[item.id] = BlockFirm(item.id, item.name, item.status, item.source, place=item.place, mark=role)
    return firms | ({POOL: [*pool.values()]} if pool else {})


def _cut(view: ChainView, firms: Mapping[str, Sequence[BlockFirm]], most: int) -> ChainView:
    """Return a chain with as many products, and lines, as a picture has room for: an equal share of each segment."""
    room = share([len(there) for there in firms.values()], most)
    products = share([len(segment.products) for segment in view.segments], most)
    segments = [segment.model_copy(update={"products": segment.products[:products]}) for segment in view.segments]
    there = {product.id for segment in segments for product in segment.products}
    there |= {firm.id for members in firms.values() for firm in members[:room]}
    supplies = [row for row in view.supplies if row["supplier"] in there and row["customer"] in there]
    inputs = [flow for flow in view.inputs if flow.upstream in there and flow.downstream in there]
    lines = 3 * most
    return view.model_copy(update={"segments": segments, "supplies": supplies[:lines], "inputs": inputs[:lines]})


def _add_pool(network: "Network", count: int) -> None:
    about = {"kind": "segment", "font": font(15, 12), **box_size(GEOMETRY["box_width"], GEOMETRY["box"])}
    label, title = rich_label("未记录环节的企业", f"企业 {count}"), "图中记在本链、但没有记录所在环节的企业"
    add_box(network, f"s|{POOL}", label, "pool", "", title=title, **about)


def _add_products(network: "Network", segment: SegmentView, places: Places) -> list[str]:
    ids = []
    for product in segment.products:
        id = f"p|{segment.id}{MARK}{product.id}"
        add_child(network, id, product.name, "product", product.status, judged=places.get(("Product", product.id)))
        ids.append(id)
    return ids


def _add_feeds(wiring: Wiring, feeds: Sequence[Flow], names: Mapping[str, str]) -> None:
    """Add the lines between segments; a piece that several lines share is drawn once."""
    pieces: dict[Piece, list[Flow]] = defaultdict(list)
    last: set[Piece] = set()
    for flow in feeds:
        if flow.upstream in names and flow.downstream in names and flow.upstream != flow.downstream:
            way = wiring.between(f"s|{flow.upstream}", f"s|{flow.downstream}")
            last.add(way[-1])
            for piece in way:
                pieces[piece].append(flow)
    for piece, flows in pieces.items():
        rows = [_record(flow, f"{names[flow.upstream]} → {names[flow.downstream]}") for flow in flows]
        ends = [[f"s|{flow.upstream}", f"s|{flow.downstream}"] for flow in flows]
        add_line(wiring.network, [piece], "feeds", rows, _between(flows, names), ends, arrow=piece in last)


def _between(flows: Sequence[Flow], names: Mapping[str, str]) -> str:
    sides = ([names[flow.upstream] for flow in flows], [names[flow.downstream] for flow in flows])
    return " → ".join("、".join(dict.fromkeys(side)) for side in sides)


def _record(flow: Flow, name: str) -> Facts:
    return {"name": name, "status": flow.status, "source": flow.source}


def _first_places(blocks: Blocks, kind: str) -> dict[str, str]:
    """Return for each product or firm the first node that stands for it."""
    places: dict[str, str] = {}
    for block, children in blocks.items():
        for child in children[kind]:
            places.setdefault(child.removeprefix(f"{child[0]}|{block[2:]}{MARK}"), child)
    return places


def _add_inputs(wiring: Wiring, view: ChainView, blocks: Blocks) -> None:
    places = _first_places(blocks, "products")
    names = {product.id: product.name for segment in view.segments for product in segment.products}
    merged: dict[tuple[str, str, str], list[Facts]] = defaultdict(list)
    for flow in view.inputs:
        if flow.upstream in places and flow.downstream in places and flow.upstream != flow.downstream:
            kind = "essential" if flow.essential else "optional"
            record = _record(flow, f"{names[flow.upstream]} → {names[flow.downstream]}")
            merged[kind, places[flow.upstream], places[flow.downstream]].append(record)
    for (kind, start, end), rows in merged.items():
        add_line(wiring.network, wiring.between(start, end), kind, rows, rows[0]["name"], [[start, end]])


def _add_supplies(wiring: Wiring, view: ChainView, blocks: Blocks) -> None:
    places = _first_places(blocks, "firms")
    merged: dict[tuple[str, str], list[Facts]] = defaultdict(list)
    for row in view.supplies:
        if row["supplier"] in places and row["customer"] in places and row["supplier"] != row["customer"]:
            item = {
                "name": f"{row['supplier_name']} → {row['customer_name']}",
                "detail": row.get("product") or "产品不详",
            }
            merged[places[row["supplier"]], places[row["customer"]]].append(
                {**item, **{name: row.get(name) for name in ("status", "source", "place")}}
            )
    for (start, end), rows in merged.items():
        add_line(wiring.network, wiring.between(start, end), "supplies", rows, rows[0]["name"], [[start, end]])


def _chain_facts(view: ChainView, link: Link, counts: Mapping[str, tuple[int, int]]) -> dict[str, Facts]:
    """Return what the panel shows of each segment and product, by node id; it makes what it shows of a firm of the
    firm's row."""
    names = {segment.id: segment.name for segment in view.segments}
    facts: dict[str, Facts] = {}
    for segment in view.segments:
        products = [_product_facts(product, f"p|{segment.id}{MARK}{product.id}", link) for product in segment.products]
        before = [_flow_facts(flow, flow.upstream, names) for flow in view.feeds if flow.downstream == segment.id]
        after = [_flow_facts(flow, flow.downstream, names) for flow in view.feeds if flow.upstream == segment.id]
        lists = [
            {"title": "产品", "items": products, "count": counts[segment.id][0]},
            {"title": "企业", "items": [], "rows": f"s|{segment.id}", "count": counts[segment.id][1]},
            {"title": "供给来自", "items": before},
            {"title": "供给到", "items": after},
        ]
        own = segment.model_dump(include={"name", "description", "status", "source"})
        own["href"] = link("Segment", segment.id)
        facts[f"s|{segment.id}"] = {**own, "kind": f"{segment.tier or ''}环节", "lists": lists}
        facts |= {item["node"]: {**item, "kind": item["kind"] or "产品", "lists": []} for item in products}
    if POOL in counts:
        text = "记在本链、但没有记录所在环节的企业"
        lists = [{"title": "企业", "items": [], "rows": f"s|{POOL}", "count": counts[POOL][1]}]
        facts[f"s|{POOL}"] = {"name": "未记录环节的企业", "kind": "企业", "description": text, "lists": lists}
    return facts


def _add_states(facts: dict[str, Facts], view: ChainView, places: Places, certificate: Link) -> None:
    """Add to what the panel shows of each segment and product what is judged of it, with the sum of its parts."""
    nodes = {f"s|{segment.id}": ("Segment", segment.id) for segment in view.segments}
    nodes |= {
        f"p|{segment.id}{MARK}{product.id}": ("Product", product.id)
        for segment in view.segments
        for product in segment.products
    }
    for node, place in nodes.items():
        if place in places:
            facts[node]["gap"] = _state_facts(places[place], certificate(*place))
            for item in (item for part in facts[node]["lists"] for item in part["items"]):
                if nodes.get(item.get("node") or "") in places:
                    item["mark"] = mark_of(places[nodes[item["node"]]])
                    item["state_code"] = places[nodes[item["node"]]].state.code


def _state_facts(judged: Judged, href: str) -> Facts:
    own: Any = dict.fromkeys(("state", "state_code", "score", "status", "reasons", "action", "action_reason"), True)
    own["parts"] = {"__all__": {*ScorePart.model_fields}}
    return {**judged.model_dump(include=own), "href": href, "firms": len(judged.firms)}


def _product_facts(product: ChainProduct, node: str, link: Link) -> Facts:
    return {**product.model_dump(), "node": node, "href": link("Product", product.id)}


def _flow_facts(flow: Flow, segment: str, names: Mapping[str, str]) -> Facts:
    return {
        "name": names.get(segment, segment),
        "status": flow.status,
        "source": flow.source,
        "node": f"s|{segment}" if segment in names else "",
    }
