"""Where a firm of a register is thought to stand, by a word that means several things and by its industry."""

from pathlib import Path
from typing import Any

from gap_parts import TODAY, firm, put
from view_parts import under

from graph.stores import Store
from queries.city.city import City, read_city
from queries.core.shipped import read_shipped
from queries.matching.chain_mapping import Industries, map_products

SEGMENTS = [
    {"id": "demo.agency", "name": "货运代理与口岸服务", "chain": "demo", "tier": "上游"},
    {"id": "demo.switches", "name": "电气设备", "chain": "demo", "tier": "中游"},
    {"id": "demo.sensors", "name": "家电芯片与电子元器件", "chain": "demo", "tier": "中游"},
    {"id": "demo.crystals", "name": "功率与稀土半导体器件", "chain": "demo", "tier": "中游"},
    {"id": "integrated-circuits.packaging", "name": "封装测试", "chain": "demo", "tier": "下游"},
]
PRODUCTS = [
    {"id": "high", "name": "高压开关柜", "segments": "demo.switches"},
    {"id": "low", "name": "低压开关柜", "segments": "demo.switches"},
    {"id": "heat", "name": "温度传感器", "segments": "demo.sensors"},
    {"id": "press", "name": "压力传感器", "segments": "demo.switches"},
    {"id": "meals", "name": "工厂餐饮服务", "segments": "demo.agency"},
]


def city_with(store: Store, folder: Path, *words: str, **rows: Any) -> City:
    """A city in which the first firm makes all of some words, which no segment has."""
    made = [{"id": f"own-{place}", "name": word} for place, word in enumerate(words)]
    firms = [firm("a", products=";".join(product["id"] for product in made)), *rows.pop("enterprises", ())]
    rows.setdefault("products", [*PRODUCTS, *made])
    put(store, folder, segments=SEGMENTS, input_to=[], enterprises=firms, **rows)
    return read_city(under(store, ["reported"], TODAY))


def places(city: City) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in map_products(city).rows()[1]:
        found.setdefault(row["enterprise"], set()).add(row["segment"])
    return found


def test_a_wider_word_places_a_firm_where_all_its_kinds_are(store: Store, tmp_path: Path) -> None:
    city = city_with(store, tmp_path, "开关柜")
    assert places(city) == {"a": {"demo.switches"}}
    assert map_products(city).rows()[1][0]["note"] == "由登记的产品“开关柜”是更宽的词推得"


def test_kinds_in_several_segments_or_one_kind_alone_place_nobody(store: Store, tmp_path: Path) -> None:
    assert places(city_with(store, tmp_path, "传感器", "餐饮服务")) == {}


def test_the_first_part_of_a_segments_name_places_a_firm(store: Store, tmp_path: Path) -> None:
    """What says how it is counted (业务) does not matter; a later part leans on the first, and a longer word may be
    another."""
    assert places(city_with(store, tmp_path / "first", "货运代理业务")) == {"a": {"demo.agency"}}


def test_a_later_part_or_a_longer_word_places_nobody(store: Store, tmp_path: Path) -> None:
    assert places(city_with(store, tmp_path, "电子元器件", "航货运代理")) == {}


def test_a_part_that_lacks_only_the_word_for_things_places_a_firm(store: Store, tmp_path: Path) -> None:
    assert places(city_with(store, tmp_path, "稀土半导体业务分部")) == {"a": {"demo.crystals"}}


def test_what_a_firm_hardly_lives_by_and_what_a_trader_has_place_nobody(store: Store, tmp_path: Path) -> None:
    weights = [("a", 0.004), ("trader", 0.9), ("maker", 0.9)]
    city = city_with(
        store,
        tmp_path,
        enterprises=[firm("trader", industries="专业连锁"), firm("maker")],
        products=[*PRODUCTS, {"id": "own", "name": "开关柜"}],
        industries=[{"name": "专业连锁"}],
        produces=[{"enterprise": id, "product": "own", "weight": weight} for id, weight in weights],
    )
    assert places(city) == {"maker": {"demo.switches"}}


def test_what_only_the_scope_of_business_mentions_is_not_made(store: Store, tmp_path: Path) -> None:
    """ChainKnowledgeGraph gives it a share of 0.001; without a share it is made."""
    city = city_with(
        store,
        tmp_path,
        enterprises=[firm("mentions"), firm("makes"), firm("unsaid")],
        products=[*PRODUCTS, {"id": "own", "name": "户内高压开关柜"}],
        produces=[
            {"enterprise": id, "product": "own", "weight": weight}
            for id, weight in (("mentions", 0.001), ("makes", 0.2), ("unsaid", ""))
        ],
    )
    assert [(row["enterprise"], row["product"]) for row in map_products(city).rows()[0]] == [
        ("makes", "high"),
        ("unsaid", "high"),
    ]


def test_an_industry_that_is_one_segments_business_places_who_makes_anything(store: Store, tmp_path: Path) -> None:
    firms = [firm("maker", products="own-0", industries="集成电路封测"), firm("idle", industries="集成电路封测")]
    city = city_with(store, tmp_path, "某某系列", enterprises=firms, industries=[{"name": "集成电路封测"}])
    assert places(city) == {"maker": {"integrated-circuits.packaging"}}


def test_every_industry_names_a_segment_of_the_taxonomy() -> None:
    taxonomy = Path(__file__).parent.parent / "seeds" / "taxonomy"
    known = {
        line.split(",")[0] for path in taxonomy.glob("*/segments.csv") for line in path.read_text("utf-8").splitlines()
    }
    assert set(read_shipped(Industries, "matching/industries.toml").segments.values()) <= known
