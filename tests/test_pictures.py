import json
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.core.templating import inline
from api.pictures.chains import picture_chain
from api.pictures.drawing import rich_label, text_width, weakest, wrap
from api.pictures.files import draw_chain, draw_enterprise
from api.pictures.firms import Grouping, picture_enterprise
from api.pictures.layout import (
    BEND,
    GEOMETRY,
    TIERS,
    arrange,
    block_height,
    count_crossings,
    layers_of,
    order_rows,
    place,
    split_rows,
)
from queries.core.answers import (
    ChainProduct,
    ChainView,
    EnterpriseView,
    Firm,
    Flow,
    Named,
    Related,
    SegmentView,
    SupplyEdge,
)
from queries.gaps.answers import ProductState, ScorePart, SegmentState, Stability, WeakLinks
from queries.gaps.words import weakest_first

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&\u2028"
WHERE = {"status": "curated", "source": "src"}


def make_chain(
    tiers: dict[str, str | None], feeds: list[tuple[str, str]], name: str = "示例", children: int = 2
) -> ChainView:
    """Return a chain with the given segments, each with some products and firms."""
    segments = [
        SegmentView(
            id=id,
            name=f"{name}{id}",
            tier=tier,
            products=[
                ChainProduct(id=f"p{number}-{id}", name=f"{name}产品{number}", **WHERE) for number in range(children)
            ],
            enterprises=[Firm(id=f"f{number}-{id}", name=f"{name}企业{number}", **WHERE) for number in range(children)],
            **WHERE,
        )
        for id, tier in tiers.items()
    ]
    return ChainView(
        chain={"id": "c", "name": name, **WHERE},
        segments=segments,
        feeds=[Flow(upstream=a, downstream=b, **WHERE) for a, b in feeds],
        inputs=[Flow(upstream=f"p0-{a}", downstream=f"p1-{b}", essential=True, **WHERE) for a, b in feeds],
        leaders=[
            Related(
                relation="LEADS", label="Enterprise", id="led", name=f"{name}链主", properties={"role": "龙头"}, **WHERE
            )
        ],
        members=[],
        statements=[],
        supplies=[make_supply(f"f0-{a}", f"f1-{b}", name) for a, b in feeds],
    )


def make_supply(supplier: str, customer: str, name: str) -> dict[str, Any]:
    """Return one supply relation as a row of a chain."""
    names = {"supplier_name": name + supplier, "customer_name": name + customer}
    return {"supplier": supplier, "customer": customer, "product": None, "place": "第 3 页", **names, **WHERE}


def make_edge(tier: int, supplier: str, customer: str, name: str = "") -> SupplyEdge:
    """Return one supply relation."""
    ends = {"supplier": Named(id=supplier, name=name + supplier), "customer": Named(id=customer, name=name + customer)}
    return SupplyEdge(tier=tier, product="件", **ends, **WHERE)


SMALL = make_chain(
    {"a": "上游", "b": "中游", "c": "中游", "d": "下游", "e": "服务"},
    [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("d", "e")],
)
FIRM = EnterpriseView(
    enterprise={"_label": "Enterprise", "id": "x", "name": "本厂", **WHERE}, outgoing=[], incoming=[], statements=[]
)


def make_weak_links(states: Mapping[str, tuple[str, float | None]], reason: str = "没有登记到本地企业") -> WeakLinks:
    """Return weak links in which each segment, and its product p0-, has the given state and score."""
    segments = []
    for id, (state, score) in states.items():
        parts = [] if score is None else [ScorePart(name="无本地企业", points=score, most=100, reason=reason)]
        words = {"status": "curated" if parts else None, "reasons": [reason], "action": "摸底", "action_reason": reason}
        judged = {
            "state": state,
            "score": score,
            "parts": parts,
            "absent_from": [],
            "firms": [],
            "evidence": [],
            "under_way": [],
            "suspected": None,
            "distance": None,
            **words,
        }
        products = [ProductState(product=f"产品{id}", product_id=f"p0-{id}", **judged)]
        segments.append(SegmentState(segment=id, segment_id=id, tier="上游", products=products, **judged))
    about: dict[str, Any] = {
        "chain": "示例",
        "chain_id": "c",
        "city": [],
        "rule_version": "v1",
        "as_of": "2026-11-24",
        "data_date": None,
        "rests_on": {},
    }
    rest: dict[str, Any] = {"look_first": [], "notes": [], "extensions": [], "risk": None, "sources": []}
    return WeakLinks(
        segments=segments, stability=Stability(least_correlation=None, flipped=[], variants=[]), **about, **rest
    )


def styled(picture: dict[str, Any], part: str) -> list[dict[str, Any]]:
    """Return the nodes or edges of a picture with the styles that they share."""
    return [picture["styles"][item["style"]] | item for item in picture[part]]


def spots_of(picture: dict[str, Any], kind: str) -> dict[str, tuple[float, float]]:
    """Return the places of a picture's nodes of one kind that are shown from the start."""
    return {
        node["id"]: (node["x"], node["y"]) for node in styled(picture, "nodes") if node["kind"] == kind and "x" in node
    }


chain_shapes = st.integers(0, 14).flatmap(
    lambda size: st.tuples(
        st.lists(st.sampled_from([*TIERS, "服务", None]), min_size=size, max_size=size),
        st.lists(
            st.tuples(st.integers(0, max(0, size - 1)), st.integers(0, max(0, size - 1))), max_size=30 if size else 0
        ),
    )
)


@given(chain_shapes)
@settings(max_examples=120)
def test_any_chain_is_laid_out_by_tier_without_two_things_in_one_place(
    shape: tuple[list[str | None], list[tuple[int, int]]],
) -> None:
    tiers = {f"s{number}": tier for number, tier in enumerate(shape[0])}
    feeds = [(f"s{a}", f"s{b}") for a, b in shape[1]]
    layout = arrange(tiers, feeds)
    assert layout == arrange(tiers, feeds)
    sizes = {item: GEOMETRY["box"] for column in layout.columns for item in column.items} | dict.fromkeys(
        layout.below, GEOMETRY["box"]
    )
    opened = {id: number * 5 for number, id in enumerate(tiers)}
    spots = place(layout, sizes, opened)
    assert set(tiers) <= set(spots)
    assert len(set(spots.values())) == len(spots)
    for band, following in pairwise(TIERS):
        left = [spots[id][0] for id, tier in tiers.items() if tier == band]
        right = [spots[id][0] for id, tier in tiers.items() if tier == following]
        assert not left or not right or max(left) < min(right)
    for column in layout.columns:
        for upper, lower in pairwise(column.items):
            bottom = spots[upper][1] - sizes[upper] / 2 + block_height(sizes[upper], opened.get(upper, 0))
            assert bottom < spots[lower][1] - sizes[lower] / 2


@given(chain_shapes)
@settings(max_examples=40)
def test_any_chain_can_be_drawn(shape: tuple[list[str | None], list[tuple[int, int]]]) -> None:
    tiers = {f"s{number}": tier for number, tier in enumerate(shape[0])}
    picture = picture_chain(make_chain(tiers, [(f"s{a}", f"s{b}") for a, b in shape[1]]), {})
    ids = {node["id"] for node in picture["nodes"]}
    assert len(ids) == len(picture["nodes"])
    assert all(edge["from"] in ids and edge["to"] in ids for edge in picture["edges"])
    assert len({edge["id"] for edge in picture["edges"]}) == len(picture["edges"])
    boxes = spots_of(picture, "segment")
    assert len(set(boxes.values())) == len(boxes) == len(tiers) + 1


def test_a_feeding_segment_stands_left_of_the_fed_one_inside_its_tier() -> None:
    spots = spots_of(picture_chain(SMALL, {}), "segment")
    assert spots["s|a"][0] < spots["s|b"][0] < spots["s|c"][0] < spots["s|d"][0]
    assert spots["s|e"][1] > max(spots[f"s|{id}"][1] for id in "abcd")


def test_a_long_line_bends_in_every_column_that_it_crosses() -> None:
    layout = arrange({"a": "上游", "b": "中游", "c": "下游"}, [("a", "b"), ("b", "c"), ("a", "c")])
    assert [id.startswith(BEND) for id in layout.routes["a", "c"]] == [True]
    assert layout.routes["a", "b"] == ()


def test_layers_are_longest_paths_and_cycles_end() -> None:
    assert layers_of("abcd", [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")]) == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert set(layers_of("abc", [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")])) == set("abc")


def test_rows_are_ordered_to_cross_less() -> None:
    columns, edges = [["a", "b"], ["c", "d"]], [("a", "d"), ("b", "c")]
    assert count_crossings(columns, edges) == 1
    assert count_crossings(order_rows(columns, edges), edges) == 0


def test_a_long_column_is_broken_into_equal_ones() -> None:
    ids = [str(number) for number in range(26)]
    assert split_rows(ids[:10], 13) == [ids[:10]]
    assert [len(part) for part in split_rows(ids[:15], 13)] == [8, 7]
    assert [id for part in split_rows(ids, 13) for id in part] == ids
    assert split_rows([], 13) == []


def test_suppliers_stand_left_and_customers_right_of_the_firm() -> None:
    suppliers = [make_edge(1, "y", "x"), make_edge(2, "z", "y"), make_edge(2, "x", "y")]
    picture = picture_enterprise(FIRM, suppliers, [make_edge(1, "x", "y")], {})
    spots = spots_of(picture, "firm")
    assert spots["s|<z"][0] < spots["s|<y"][0] < spots["s|=x"][0] < spots["s|>y"][0]
    assert [edge["rows"][0]["status"] for edge in picture["edges"]] == ["curated"] * 4


def test_many_suppliers_stand_in_groups_that_count_all_of_them() -> None:
    edges = [make_edge(1, f"y{n:03d}", "x") for n in range(40)]
    edges += [
        make_edge(1, f"z{n}", "x").model_copy(update={"product": "A&B<件>", "status": "sample"}) for n in range(2)
    ]
    picture = picture_enterprise(FIRM, edges, [], {}, most=10)
    heads = [node for node in styled(picture, "nodes") if node["kind"] == "group"]
    assert [node["label"] for node in heads] == ["*件*\n_40 家_", "*A&B<件>*\n_2 家_"]
    blocks = picture["blocks"]
    assert [(block["count"], len(block["rows"])) for block in blocks.values()] == [(40, 8), (2, 2)]
    assert {edge["count"] for edge in picture["edges"]} == {40, 2}
    by_place = Grouping("区域", lambda _edge, firm: "甲区" if firm < "y020" else "乙区")
    there = picture_enterprise(FIRM, edges, [], {}, grouping=by_place)
    assert sorted(block["count"] for block in there["blocks"].values()) == [20, 22]
    assert there["grouped"] == "区域"


def test_what_a_supplier_supplies_to_others_is_no_group_of_the_firm() -> None:
    edges = [make_edge(1, f"y{n:03d}", "x") for n in range(40)]
    edges += [make_edge(2, "y001", "y002").model_copy(update={"product": "别的"})]
    picture = picture_enterprise(FIRM, edges, [], {})
    assert [node["label"] for node in styled(picture, "nodes") if node["kind"] == "group"] == ["*件*\n_40 家_"]


def test_every_node_that_has_facts_names_its_source() -> None:
    reported = SMALL.segments[0].products[0].model_copy(update={"status": "reported", "place": "第 2 段"})
    first = SMALL.segments[0].model_copy(update={"products": [reported, *SMALL.segments[0].products[1:]]})
    view = SMALL.model_copy(update={"segments": [first, *SMALL.segments[1:]]})
    picture = picture_chain(view, {"src": "某报"}, lambda label, id: f"/{label}/{id}")
    assert picture["sources"] == {"src": {"name": "某报", "href": "/Source/src"}}
    listed = picture["facts"]["s|a"]["lists"][0]["items"]
    assert [(item["status"], item["place"], item["href"]) for item in listed] == [
        ("reported", "第 2 段", "/Product/p0-a"), ("curated", None, "/Product/p1-a"),
    ]  # fmt: skip
    assert picture["facts"]["s|a"]["href"] == "/Segment/a"
    supplied = next(edge for edge in styled(picture, "edges") if edge["kind"] == "supplies")
    assert supplied["rows"][0]["place"] == "第 3 页"
    assert picture["facts"]["s|a"]["source"] == "src"


def test_the_border_tells_the_status() -> None:
    view = SMALL.model_copy(
        update={"segments": [SMALL.segments[0].model_copy(update={"status": status}) for status in ("confirmed",)]}
    )
    confirmed, curated = (styled(picture_chain(shown, {}), "nodes")[0] for shown in (view, SMALL))
    assert confirmed["shapeProperties"]["borderDashes"] is False
    assert confirmed["borderWidth"] > curated["borderWidth"]
    assert curated["shapeProperties"]["borderDashes"] == [6, 4]


STATES = make_weak_links({"a": ("缺链", 70.0), "b": ("弱链", 51.2), "c": ("强链", 3.0), "d": ("未知", None)})


def test_the_state_is_said_in_the_fill_and_in_the_label() -> None:
    nodes = {node["id"]: node for node in styled(picture_chain(SMALL, {}, weak_links=STATES), "nodes")}
    plain = {node["id"]: node for node in styled(picture_chain(SMALL, {}), "nodes")}
    marks = {id: re.findall(r"^([^*_\n]+) _", nodes[f"s|{id}"]["label"], re.MULTILINE) for id in "abcde"}
    assert marks == {"a": ["缺 70"], "b": ["弱 51"], "c": ["强 3"], "d": ["未知"], "e": []}
    assert {nodes[f"s|{id}"]["color"]["background"] for id in "abcd"}.isdisjoint(
        plain[f"s|{id}"]["color"]["background"] for id in "abcd"
    )
    assert len({nodes[f"s|{id}"]["color"]["background"] for id in "abcd"}) == 4
    for id in ("s|a", "s|e"):
        assert nodes[id].get("colours", {}).get("tier", nodes[id]["color"]) == plain[id]["color"]
        assert nodes[id]["shapeProperties"] == plain[id]["shapeProperties"]
    products = {node["title"].split("\n")[0]: node for node in nodes.values() if node["kind"] == "product"}
    assert len(products) == 2
    assert [node["state"] for node in nodes.values() if node["kind"] == "product" and "state" in node] == [
        "missing", "weak", "strong", "unknown",
    ]  # fmt: skip


def test_the_panel_has_the_parts_of_a_score_and_the_way_to_its_certificate() -> None:
    facts = picture_chain(SMALL, {}, weak_links=STATES, certificate=lambda label, id: f"/{label}/{id}")["facts"]
    gap = facts["s|b"]["gap"]
    assert (gap["state"], gap["score"], gap["href"]) == ("弱链", 51.2, "/Segment/b")
    assert sum(part["points"] for part in gap["parts"]) == gap["score"]
    assert "evidence" not in gap
    assert "gap" not in facts["s|e"]
    listed = facts["s|a"]["lists"][0]["items"]
    assert [item.get("mark") for item in listed] == ["缺 70", None]


def test_a_drawn_file_has_the_states_without_links() -> None:
    page = draw_chain(make_chain({"a": "上游"}, [], EVIL), {}, make_weak_links({"a": ("缺链", 70.0)}, EVIL))
    assert "alert(1)</script>" not in page
    data = json.loads(page.split('id="picture-data">')[1].split("</script>")[0])
    assert data["judged"]
    assert data["facts"]["s|a"]["gap"]["href"] == ""
    assert "断点状态" in page
    assert "规则 v1" in page
    assert not json.loads(draw_chain(SMALL).split('id="picture-data">')[1].split("</script>")[0])["judged"]


@pytest.mark.parametrize("page", [draw_chain(make_chain({"a": "上游", "b": "下游"}, [("a", "b")], EVIL), {"src": EVIL}),
                                  draw_enterprise(FIRM, [make_edge(1, "y", "x", EVIL)], [], {"src": EVIL})], ids=["chain", "firm"])  # fmt: skip
def test_a_drawn_file_stands_alone_and_escapes_names(page: str) -> None:
    assert "alert(1)</script>" not in page
    assert "<img src=x" not in page
    assert page.count("<h1>") == 1
    assert '<meta charset="utf-8">' in page
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert not re.search(r"""(?:@import\s+|url\(\s*)["']?(?:https?:)?//""", page)
    assert "<link" not in page
    data = json.loads(page.split('id="picture-data">')[1].split("</script>")[0])
    assert any(EVIL[:9] in str(node.get("title")) for node in data["nodes"])


def test_a_drawn_file_is_the_same_every_time() -> None:
    assert draw_chain(SMALL) == draw_chain(SMALL)


def test_labels_fit_and_mark_what_is_cut() -> None:
    assert wrap("动力电池与电池管理", 18, 2) == "动力电池与电池管理"
    assert wrap("一二三四五六七八九十", 18, 2) == "一二三四五\n六七八九十"
    assert wrap("很长的名字" * 40, 18, 2).endswith("…")
    assert all(text_width(line) <= 18 for line in wrap("long English Name 与中文" * 9, 18, 3).split("\n"))
    assert rich_label("a<b>&", "x_y", "缺") == "*a<b>&*\n缺 _xˍy_"


def test_a_line_is_no_better_founded_than_its_worst_record() -> None:
    order = ["confirmed", "reported", "curated", "inferred", "sample"]
    for status in order:
        for another in order:
            assert weakest([status, another]) == max(status, another, key=order.index)


def test_a_firm_stands_in_the_nearest_of_its_tiers() -> None:
    edges = [make_edge(2, "s", "t"), make_edge(1, "t", "x"), make_edge(1, "s", "x"), make_edge(3, "t", "u")]
    picture = picture_enterprise(FIRM, edges, [], {})
    bands = {item: column["band"] for column in picture["columns"] for item in column["items"]}
    assert (bands["s|<s"], bands["s|<t"], bands["s|=x"]) == ("供应商", "供应商", "本企业")


def test_what_presses_most_is_read_first_and_then_what_is_strong() -> None:
    judged = make_weak_links(
        {"a": ("强链", 5.0), "b": ("缺链", 40.0), "c": ("未知", None), "d": ("缺链", 70.0), "e": ("弱链", 90.0)}
    ).segments
    assert [judged[place].segment_id for place in weakest_first(judged)] == ["e", "d", "b", "a", "c"]


def test_a_script_inside_a_file_cannot_end_it(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("x = '</script><b>'", "utf-8")
    assert inline("a.js", tmp_path) == "x = '<\\/script><b>'"
