"""The chains are made from what is really made: every product has a class and inputs down to materials, a
thing has one name, nothing goes into itself."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import networkx as nx

from graph.names.names import normalise

SEEDS = Path(__file__).parent.parent / "seeds"
CHAINS = sorted(folder.name for folder in (SEEDS / "taxonomy").iterdir() if folder.is_dir())
START = {"原料", "材料"}  # where a chain may begin
FEWEST_OF_LEADS = 5
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows_of(kind: str) -> list[Row]:
    """Return the rows of a kind of every chain, each with its chain."""
    folders = sorted(folder for folder in (SEEDS / "taxonomy").iterdir() if folder.is_dir())
    return [row | {"of": folder.name} for folder in folders for row in read(folder / f"{kind}.csv")]


PRODUCTS, SEGMENTS, INPUTS = rows_of("products"), rows_of("segments"), rows_of("input_to")
OF = {row["name"]: row["of"] for row in PRODUCTS}
FUNCTION = {row["id"]: row.get("function", "") for row in SEGMENTS}
FIRMS = read(SEEDS / "enterprises" / "enterprises.csv")


def inputs() -> dict[str, list[str]]:
    needed: dict[str, list[str]] = defaultdict(list)
    for row in INPUTS:
        needed[row["product"]].append(row["input"])
    return needed


def split(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def test_chains_differ_and_each_has_what_it_is_made_of() -> None:
    counts = {chain: Counter(row["of"] for row in PRODUCTS)[chain] for chain in CHAINS}
    assert len(set(counts.values())) > len(counts) - 3, counts
    assert all(number > 60 for number in counts.values()), counts
    held = {segment for row in PRODUCTS for segment in split(row["segments"])}
    assert {row["id"] for row in SEGMENTS} <= held
    assert [row["id"] for row in SEGMENTS if not row["function"]] == []
    assert [row["id"] for row in SEGMENTS if row["tier"] == "服务"] == []


def test_every_product_has_a_class_and_another_name() -> None:
    assert [row["name"] for row in PRODUCTS if not row["gbt4754"] or not row["aliases"]] == []
    assert [row["name"] for row in PRODUCTS if len(row["gbt4754"].split(";")[0]) < 4] == []


def test_a_thing_has_one_name() -> None:
    called: dict[str, set[str]] = defaultdict(set)
    for row in PRODUCTS:
        for name in (row["name"], *split(row["aliases"])):
            called[normalise(name)].add(row["name"])
    twice = {name: products for name, products in called.items() if len(products) > 1}
    assert twice == {}
    defined = Counter(row["name"] for row in PRODUCTS)
    assert [row["name"] for row in PRODUCTS if defined[row["name"]] > 1] == []


def test_what_is_made_has_inputs_down_to_materials() -> None:
    needed = inputs()
    begins = {row["name"] for row in PRODUCTS if {FUNCTION[segment] for segment in split(row["segments"])} & START}
    begins |= {row["name"] for row in PRODUCTS if row["kind"] == "服务" or row["bought_anywhere"] == "true"}
    assert [row["name"] for row in PRODUCTS if row["name"] not in begins and len(needed[row["name"]]) < 2] == []
    assert {row["input"] for row in INPUTS} | {row["product"] for row in INPUTS} <= set(OF)


def test_what_leads_make_has_at_least_five_inputs() -> None:
    needed = inputs()
    leads = {row["enterprise"] for row in read(SEEDS / "enterprises" / "leads.csv")}
    made = {product for row in FIRMS if row["name"] in leads for product in split(row["products"])}
    few = {product: len(needed[product]) for product in made}
    assert {product: number for product, number in few.items() if number < FEWEST_OF_LEADS} == {}
    assert [row["name"] for row in FIRMS if row["name"] in leads and not row["products"]] == []


def test_nothing_essential_goes_into_itself_and_a_choice_is_one() -> None:
    # one that another may stand in for is not essential by itself
    needed = [row for row in INPUTS if row["essential"] == "true" and not row.get("one_of")]
    graph = nx.DiGraph((row["input"], row["product"]) for row in needed)
    assert list(nx.simple_cycles(graph)) == []
    choices = Counter((row["product"], row["one_of"]) for row in INPUTS if row.get("one_of"))
    assert [choice for choice, number in choices.items() if number < 2] == []
    assert [row for row in INPUTS if row.get("one_of") and row["essential"] != "true"] == []


def test_firms_make_what_there_is() -> None:
    assert {product for row in FIRMS for product in split(row["products"])} <= set(OF)


def test_firms_stand_where_what_they_make_stands() -> None:
    """A firm in a segment of which it makes nothing may make any of it: each product there is unknown then. Whoever
    only designs what a fab makes is in both."""
    stands = {row["name"]: split(row["segments"]) for row in PRODUCTS}
    odd: list[tuple[str, str]] = []
    for row in [*FIRMS, *read(SEEDS / "sample" / "enterprises.csv")]:
        made = [segment for product in split(row["products"]) for segment in stands.get(product, [])]
        for segment in split(row["segments"]):
            chain = segment.split(".")[0]
            makes_of_it = [one for one in made if one.startswith(f"{chain}.")]
            if makes_of_it and segment not in made and not segment.endswith(".design"):
                odd.append((row["name"], segment))
    assert odd == []
