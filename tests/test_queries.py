"""The questions, on both stores, with the same answers in the same order."""

from pathlib import Path
from typing import Any

import gap_parts
import pytest
from view_parts import trusted, under

from graph.errors import Ambiguous, InputError, NotFound, QueryError, WriteRefused
from graph.model.nodes import Statement
from graph.stores import Store, open_store
from loaders.run import load
from queries.core.answers import SupplyEdge
from queries.names.search import find_chain, find_enterprise, search
from queries.things.chains import list_chains, view_chain
from queries.things.console import Console
from queries.things.enterprises import list_by_pinyin, list_enterprises, view_enterprise
from queries.things.supply import customers, paths, suppliers
from queries.things.things import list_figures, list_sources, view_thing

STORY = Path(__file__).parent / "data" / "story"


@pytest.fixture
def story(store: Store) -> Store:
    """A store of each kind with the story in it."""
    assert not load([STORY], store).bad
    return store


def edges_of(edges: list[SupplyEdge]) -> list[tuple[int, str, str, str, str]]:
    """Return the bare facts of supply edges."""
    return [(edge.tier, edge.supplier.id, edge.customer.id, edge.product, edge.status) for edge in edges]


def test_direct_suppliers_confirmed_first(story: Store) -> None:
    """Of those as well founded, by the names: 丁 (d) stands before 乙 (b) in Unicode."""
    assert edges_of(suppliers(under(story), "a")) == [
        (1, "b", "a", "示例芯片", "confirmed"), (1, "d", "a", "", "inferred"), (1, "b", "a", "示例附件", "inferred"),
    ]  # fmt: skip


def test_three_tiers_through_a_cycle(story: Store) -> None:
    edges = edges_of(suppliers(under(story), "a", 4))
    assert {edge[:4] for edge in edges} == {
        (1, "b", "a", "示例芯片"), (1, "b", "a", "示例附件"), (1, "d", "a", ""),
        (2, "a", "d", "示例整机"), (2, "c", "b", "示例材料"), (3, "d", "c", "示例设备"),
    }  # fmt: skip
    assert len(edges) == 6
    assert [edge[0] for edge in edges] == sorted(edge[0] for edge in edges)


def test_customers_are_the_mirror(story: Store) -> None:
    assert {edge[:4] for edge in edges_of(customers(under(story), "d", 2))} == {
        (1, "d", "a", ""), (1, "d", "c", "示例设备"), (2, "a", "d", "示例整机"), (2, "c", "b", "示例材料"),
    }  # fmt: skip


def test_a_supply_says_until_when_it_held(store: Store, tmp_path: Path) -> None:
    supply = {"supplier": "甲", "customer": "乙", "source": "s1"}
    rows = [supply | {"product": "motor"}, supply | {"product": "chip", "valid_to": "2022-05"}]
    city = gap_parts.put(
        store, tmp_path / "city", enterprises=[gap_parts.firm("甲"), gap_parts.firm("乙")], supplies=rows
    )
    assert {edge.product: edge.valid_to for edge in suppliers(under(city), "乙")} == {"motor": None, "chip": "2022-05"}
    assert suppliers(under(city), "乙") == customers(under(city), "甲")
    assert {path.hops[0].product: path.hops[0].valid_to for path in paths(under(city), "甲", "乙")} == {
        "motor": None,
        "chip": "2022-05",
    }


def test_statuses_can_be_switched_off_everywhere(story: Store) -> None:
    assert edges_of(suppliers(under(story, trusted(["sample", "推断"])), "a", 3)) == [
        (1, "b", "a", "示例芯片", "confirmed")
    ]
    with pytest.raises(InputError, match="没有这种数据状态"):
        trusted(["nonsense"])


def test_paths_are_simple_shortest_first_and_sourced(story: Store) -> None:
    routes = paths(under(story), "d", "a")
    assert [[hop.supplier.id for hop in path.hops] for path in routes] == [["d"], ["d", "c", "b"], ["d", "c", "b"]]
    assert all(hop.source == "s1" and hop.status for path in routes for hop in path.hops)
    assert paths(under(story), "a", "c") != []
    assert paths(under(story), "b", "c", longest=2) == []
    with pytest.raises(InputError, match="同一家企业"):
        paths(under(story), "a", "a")


@pytest.mark.parametrize("tiers", [0, 11])
def test_tiers_out_of_range(story: Store, tiers: int) -> None:
    with pytest.raises(InputError, match="超出范围"):
        suppliers(under(story), "a", tiers)


@pytest.mark.parametrize(
    ("word", "way"),
    [
        ("示例甲整机有限公司", "名称"),
        ("示例甲", "简称或别名"),
        ("slj", "拼音首字母"),
        ("shilijia", "拼音"),
        ("甲整机", "名称包含"),
        ("jzj", "拼音首字母包含"),
    ],
)
def test_search_ways(story: Store, word: str, way: str) -> None:
    hit = search(under(story), word, labels=("Enterprise",))[0]
    assert (hit.id, hit.matched) == ("a", way)


def test_a_chain_may_be_called_one(full_store: Store) -> None:
    for word in ("集成电路", "集成电路产业链", " 集成电路产业链 ", "integrated-circuits"):
        assert find_chain(under(full_store), word).id == "integrated-circuits"
    with pytest.raises(NotFound, match="没有产业链“产业链”"):
        find_chain(under(full_store), "产业链")


def test_a_word_that_means_one_firm(story: Store) -> None:
    for word in ("a", "示例甲整机有限公司", "示例甲", "SLJ", "shili jia", "91370200MA3TXXXXX1"):
        assert find_enterprise(under(story), word).id == "a"
    with pytest.raises(NotFound, match="相近的有"):
        find_enterprise(under(story), "示例")
    with pytest.raises(NotFound):
        find_enterprise(under(story), "没有这家")


def test_an_ambiguous_word_lists_its_candidates(store: Store, tmp_path: Path) -> None:
    (tmp_path / "enterprises.csv").write_text(
        "id,name,short_name,source\nx,示例一厂,示例厂,s\ny,示例二厂,示例厂,s\n", "utf-8"
    )
    assert not load([tmp_path], store).bad
    with pytest.raises(Ambiguous, match="示例一厂") as caught:
        find_enterprise(under(store), "示例厂")
    assert {candidate["id"] for candidate in caught.value.details["candidates"]} == {"x", "y"}


def test_hxsx_finds_hisense(full_store: Store) -> None:
    hits = search(under(full_store), "hxsx", labels=("Enterprise",))
    assert "海信视像" in hits[0].name


def test_the_24_chains_have_what_the_issue_asks(full_store: Store) -> None:
    chains = list_chains(under(full_store))
    assert len(chains) == 24
    for chain in chains:
        assert sum(chain.counts.segments.values()) >= 6, chain.name
        assert sum(chain.counts.products.values()) >= 25, chain.name
        assert chain.status == "confirmed"
    assert find_chain(under(full_store), "集成电路").id == find_chain(under(full_store), "集成电路产业链").id


def test_both_stores_answer_the_same(
    neo4j_seeded_url: str, seeded_store: Store, request: pytest.FixtureRequest
) -> None:
    from conftest import neo4j_settings

    from graph.stores.neo4j import Neo4jStore

    server = Neo4jStore(neo4j_seeded_url, neo4j_settings(request.getfixturevalue("neo4j_instance")))

    def facts(value: object) -> object:
        """Leave out when a row was recorded, the one thing that differs between two loads."""
        if isinstance(value, dict):
            return {key: facts(item) for key, item in value.items() if key != "recorded_at"}
        return [facts(item) for item in value] if isinstance(value, list) else value

    assert list_chains(under(server)) == list_chains(under(seeded_store))
    for chain in list_chains(under(seeded_store)):
        assert facts(view_chain(under(server), chain.id).model_dump()) == facts(
            view_chain(under(seeded_store), chain.id).model_dump()
        )
    firms = list_enterprises(under(seeded_store), size=500)[0]
    assert facts(firms) == facts(list_enterprises(under(server), size=500)[0])
    for firm in firms[::9]:
        for ask in (suppliers, customers):
            assert ask(under(server), firm["id"], 3) == ask(under(seeded_store), firm["id"], 3)
        assert facts(view_enterprise(under(server), firm["id"]).model_dump()) == facts(
            view_enterprise(under(seeded_store), firm["id"]).model_dump()
        )
    for text in ("hxsx", "海尔", "芯片", "qd"):
        assert search(under(server), text) == search(under(seeded_store), text)
    figures = list_figures(under(seeded_store), size=500)[0]
    assert facts([item.model_dump() for item in figures]) == facts(
        [item.model_dump() for item in list_figures(under(server), size=500)[0]]
    )
    for label, id in (
        ("Region", "3702"),
        ("Segment", "new-displays.panels"),
        ("Mechanism", "mech-5x1"),
        ("Statement", "qd-001-key-chains"),
    ):
        assert facts(view_thing(under(server), label, id).model_dump()) == facts(
            view_thing(under(seeded_store), label, id).model_dump()
        )
    assert list_by_pinyin(under(server), 2, 20)[1] == list_by_pinyin(under(seeded_store), 2, 20)[1]
    assert facts(list_by_pinyin(under(server), 2, 20)[0]) == facts(list_by_pinyin(under(seeded_store), 2, 20)[0])
    server.close()


@pytest.mark.parametrize(
    "query",
    [
        "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
        "load from '/etc/passwd' RETURN *",
        "COPY (MATCH (c:Chain) RETURN c.id) TO '/tmp/out.csv'",
        "CALL timeout=0",
        "INSTALL httpfs",
        "CALL dbms.listConfig() YIELD name RETURN name",
        "MATCH (c:Chain) /* x */ ATTACH '/tmp/x' AS y",
    ],
)
def test_outside_cypher_reaches_no_file_and_no_setting(story: Store, query: str) -> None:
    with pytest.raises(WriteRefused):
        Console(story, 5, 1000).run(query, {})


def test_words_in_quotes_are_no_clauses(story: Store) -> None:
    assert Console(story, 5, 1000).run("RETURN 'LOAD; COPY' AS `use`; ", {}).rows == [{"use": "LOAD; COPY"}]
    for query in ("", " ; ", "// nothing", "RETURN 1; RETURN 2"):
        with pytest.raises(QueryError):
            Console(story, 5, 1000).run(query, {})


def test_pages_of_firms(story: Store) -> None:
    first, cursor = list_enterprises(under(story), size=3)
    rest, end = list_enterprises(under(story), cursor or "", size=3)
    assert [firm["id"] for firm in first + rest] == ["a", "b", "c", "d"]
    assert end is None


def turn_pages(list_page: Any, store: Store, size: int, wanted: list[str]) -> None:
    """Each once, and nothing to go on from after the last, where it fills its page too."""
    seen: list[str] = []
    cursor: str | None = ""
    turned = 0
    while cursor is not None:
        items, cursor = list_page(under(store), cursor, size)
        seen += [item["id"] if isinstance(item, dict) else item.statement["id"] for item in items]
        turned += 1
        assert cursor in (None, seen[-1])
    assert seen == wanted
    assert turned == max(1, -(-len(wanted) // size))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_a_list_of_firms_ends_with_its_last_page(story: Store, size: int) -> None:
    turn_pages(list_enterprises, story, size, ["a", "b", "c", "d"])


@pytest.mark.parametrize("size", [40, 50])
def test_a_list_of_figures_ends_with_its_last_page(full_store: Store, size: int) -> None:
    turn_pages(list_figures, full_store, size, sorted(full_store.nodes(Statement)["id"]))


@pytest.mark.parametrize(
    ("product", "place", "said"),
    [
        ({}, {}, "说明一"),
        ({}, {"source": "s2"}, None),  # the relation is of another source
        ({}, {"status": "confirmed"}, None),
        ({"source": "s2", "status": "confirmed"}, {"source": "s2", "status": "confirmed"}, "说明一"),
    ],
)
def test_a_relation_tells_a_description_only_under_its_own_proof(
    tmp_path: Path, product: dict[str, str], place: dict[str, str], said: str | None
) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    products = [{"id": "ore", "name": "矿石", "description": "说明一", **product}]
    belongs = [{"product": "ore", "segment": "demo.raw", **place}]
    gap_parts.put(store, tmp_path, products=products, belongs_to=belongs, input_to=[])
    row = next(row for row in view_thing(under(store), "Segment", "demo.raw").incoming if row.relation == "BELONGS_TO")
    assert row.properties.get("description") == said
    assert (row.source, row.status) == (place.get("source", "s1"), place.get("status", "reported"))


def test_a_description_of_another_source_is_told_under_no_relation(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    gap_parts.put(
        store,
        tmp_path / "1",
        products=[{"id": "ore", "name": "矿石", "segments": "demo.raw", "status": "confirmed"}],
        input_to=[],
    )
    more = [{"id": "ore", "name": "矿石", "description": "别处的说明", "source": "s2", "status": "curated"}]
    gap_parts.put(store, tmp_path / "2", products=more, input_to=[])
    assert view_thing(under(store), "Product", "ore").thing["field_sources"] == ["description|s2|curated"]
    row = next(row for row in view_thing(under(store), "Segment", "demo.raw").incoming if row.relation == "BELONGS_TO")
    assert (row.source, row.status, row.properties.get("description")) == ("s1", "confirmed", None)


def test_firms_by_pinyin(story: Store) -> None:
    firms, total = list_by_pinyin(under(story), 1, 3)
    assert [firm["name"][:3] for firm in firms] == ["示例丙", "示例丁", "示例甲"]
    assert total == 4
    assert [firm["id"] for firm in list_by_pinyin(under(story), 2, 3)[0]] == ["b"]
    assert list_by_pinyin(under(story, trusted(["sample", "inferred"])), 1, 3)[1] == 2


def test_a_product_with_its_makers_inputs_and_segment(story: Store) -> None:
    id = next(item["other"] for item in story.read("MATCH (p:Product {name: '示例整机'}) RETURN p.id AS other").rows)
    view = view_thing(under(story), "Product", id)
    assert {(item.relation, item.name) for item in view.incoming} == {
        ("PRODUCES", "示例甲整机有限公司"),
        ("INPUT_TO", "示例芯片"),
    }
    assert [item.properties.get("essential") for item in view.incoming if item.relation == "INPUT_TO"] == [True]
    assert [item.id for item in view.outgoing] == ["demo.down"]
    assert [(item.status, item.source) for item in view.outgoing] == [("curated", "s1")]
    # of the yardstick
    assert view_thing(under(story, trusted(["curated"])), "Product", id).thing["status"] == "curated"
    with pytest.raises(NotFound, match=r"状态是“整理”.*已被隐藏"):
        view_thing(under(story, []), "Product", id)
    with pytest.raises(NotFound, match="没有编号为“nothing”的产品"):
        view_thing(under(story), "Product", "nothing")
    with pytest.raises(NotFound, match="没有“Nothing”这一类"):
        view_thing(under(story), "Nothing", id)


def test_things_of_two_kinds_may_have_one_id(store: Store, tmp_path: Path) -> None:
    (tmp_path / "parks.csv").write_text(
        "id,name,description,chains,source,status\nsame,示例园,一座园,same,s1,reported\n", "utf-8"
    )
    (tmp_path / "chains.csv").write_text("id,name,source,status\nsame,示例链,s1,confirmed\n", "utf-8")
    (tmp_path / "statements.csv").write_text(
        "subject,metric,value,unit,source,status\nPark:same,面积,3,亩,s1,reported\n", "utf-8"
    )
    (tmp_path / "sources.csv").write_text("id,name,status\ns1,示例名录,sample\n", "utf-8")
    report = load([tmp_path], store)
    assert not report.bad, report.rejected
    park, chain = view_thing(under(store), "Park", "same"), view_thing(under(store), "Chain", "same")
    assert (park.thing["name"], [item.relation for item in park.outgoing], park.incoming) == (
        "示例园",
        ["ON_CHAIN"],
        [],
    )
    assert [figure["metric"] for figure in park.statements] == ["面积"]
    assert ([item.name for item in chain.incoming], chain.outgoing, chain.statements) == (["示例园"], [], [])
    assert chain.incoming[0].properties["description"] == "一座园"
    # the park's do not count
    assert [view_thing(under(store), "Chain", "same", most=most).truncated for most in (0, 1)] == [
        True,
        False,
    ]
    assert list_sources(under(store))["s1"]["name"] == "示例名录"
    figures, following = list_figures(under(store), size=1)
    assert [(item.label, item.id, item.name) for item in figures[0].subjects] == [("Park", "same", "示例园")]
    assert following is None


def test_a_product_is_as_well_founded_as_its_place_in_the_segment(store: Store, tmp_path: Path) -> None:
    (tmp_path / "chains.csv").write_text("id,name,source,status\nc,示例链,s1,confirmed\n", "utf-8")
    (tmp_path / "segments.csv").write_text("id,name,chain,source,status\nseg,示例段,c,s1,confirmed\n", "utf-8")
    (tmp_path / "products.csv").write_text(
        "id,name,kind,description,place,source,status\np,示例件,产品,一种件,第 1 页,s1,confirmed\n", "utf-8"
    )
    (tmp_path / "belongs_to.csv").write_text("product,segment,place,source,status\np,seg,第 9 页,s2,curated\n", "utf-8")
    report = load([tmp_path], store)
    assert not report.bad, report.rejected
    product = view_chain(under(store), "c").segments[0].products[0]
    assert (product.status, product.source, product.place) == ("curated", "s2", "第 9 页")
    assert (product.kind, product.description) == ("产品", "一种件")


def test_pages_of_figures(full_store: Store) -> None:
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        figures, after = list_figures(under(full_store), after, 30)
        assert len(figures) <= 30
        seen += [figure.statement["id"] for figure in figures]
    assert seen == sorted(set(seen))
    assert len(seen) >= 77
    assert {
        subject.label for figure in list_figures(under(full_store), size=500)[0] for subject in figure.subjects
    } >= {
        "Region",
        "Mechanism",
        "Chain",
    }


def test_the_search_index_follows_the_graph(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    assert not load([STORY], store).bad
    assert search(under(store), "示例戊") == []
    (tmp_path / "enterprises.csv").write_text("id,name,source\ne,示例戊有限公司,s1\n", "utf-8")
    assert not load([tmp_path / "enterprises.csv"], store).bad
    assert [hit.id for hit in search(under(store), "示例戊")] == ["e"]
