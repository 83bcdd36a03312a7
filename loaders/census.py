"""A list declared a census when it is loaded: ``C39@青岛市@2026-06``, what was gone through, where, and when."""

import re

import polars as pl

from graph.errors import InputError
from graph.model import EDGE_TYPES, NODE_TYPES
from graph.model.kinds import SEPARATORS
from graph.model.nodes import EVERY_CLASS
from graph.stores import Store
from loaders.rows.directory import Directory
from loaders.standards.industries import find_industry, industry_name, industry_parts
from loaders.tables import Row

_PART_OF = EDGE_TYPES["PART_OF"]

FORM = "C39@青岛市@2026-06"
LABELS = ("Segment", "Product", "Chain", "Region")
MOST = 200
_class = re.compile(r"(?i)[A-T]?\d{2,4}|[A-T]")


def census_row(text: str, store: Store, proof: Row) -> Row:
    """Return the coverage record that a census is, with the ``proof`` of the list: its source and its status.

    ``text`` is what was gone through (classes of GB/T 4754, segments, products, whole chains, or 全部), the region, the
    day, and where the list does not hold all firms, which it holds: ``C39@青岛市@2026-06@规上企业``. Raises
    ``InputError`` for what names nothing.
    """
    parts = [part.strip() for part in text.replace("＠", "@").split("@")]
    if not 3 <= len(parts) <= 4 or not all(parts):
        raise InputError(f"普查“{text[:100]}”应写成 {FORM}：查了什么@哪里@哪天，只查了一部分企业的再加 @哪些企业")
    what, region, day, universe = (*parts, "")[:4]
    words = [word.strip() for word in re.split(SEPARATORS, what) if word.strip()]
    if not words or len(words) > MOST:
        raise InputError(f"普查“{text[:100]}”没有写查了什么，或超过 {MOST} 项")
    known = Directory()
    for label in LABELS:
        known.add(label, store.nodes(NODE_TYPES[label]))
    found: dict[str, list[str]] = {"classes": [], "segments": [], "products": []}
    for word in words:
        for kind, value in _meant(word, known, store):
            found[kind].append(value)
    (place,) = known.find(pl.Series([region]), ["Region"]).iter_rows(named=True)
    if place["id"] is None:
        raise InputError(f"普查的区域：{place['problem']}")
    named = "、".join([*words[:3], *(["等"] if len(words) > 3 else [])])
    about = {"name": f"普查：{region} {named} {day}" + (f"（{universe}）" if universe else ""), "region": place["id"]}
    lists = {kind: list(dict.fromkeys(values)) for kind, values in found.items() if values}
    return about | {"as_of": day, "universe": universe or None, "method": "名录普查"} | lists | proof


def _meant(word: str, known: Directory, store: Store) -> list[tuple[str, str]]:
    """Return what a word asks for: each with the field of the record that it goes into."""
    if word in (EVERY_CLASS, "所有行业", "全部行业"):
        return [("classes", EVERY_CLASS)]
    if _class.fullmatch(word):
        return [("classes", part) for part in _parts(word)]
    (hit,) = known.find(pl.Series([word]), ["Segment", "Product", "Chain"]).iter_rows(named=True)
    if hit["label"] in ("Segment", "Product"):
        return [("segments" if hit["label"] == "Segment" else "products", hit["id"])]
    if hit["label"] == "Chain":
        chain = pl.col("to") == hit["id"]
        part_of = [frame.filter(chain)["from"] for frame in store.edges(_PART_OF, ("Segment", "Chain"))]
        return [("segments", segment) for own in part_of for segment in own.sort()]
    if find_industry(word):
        return [("classes", part) for part in _parts(word)]
    raise InputError(f"普查的“{word[:60]}”不是行业代码，也不是图里的环节、产品或产业链：{hit['problem']}")


def _parts(word: str) -> list[str]:
    """Return the classes that a word names, by their digits; of a letter its divisions."""
    found = find_industry(word)
    if found is None:
        raise InputError(f"国民经济行业分类里没有“{word[:60]}”，如 C39 是{industry_name('39')}")
    return industry_parts(found)
