"""A random sample of where ``map-products`` would place the firms of ChainKnowledgeGraph, to be read by hand.

    python -m benchmarks.mapping_sample 100 20261130     # of all places; --words: of those by a word alone

The judgement of one such sample stands in ``docs/chain-mapping.md``. ChainKnowledgeGraph has
no licence: it is read from ``../shared`` and never copied.
"""

import argparse
import random
import tarfile
import tempfile
from pathlib import Path

from benchmarks.real_data import ARCHIVE, ROOT
from graph.stores import open_store
from loaders.run import Options, load
from queries.city.city import City, read_city
from queries.core.view import View
from queries.matching.chain_mapping import map_products

MOST = 8  # products of a firm that are shown, those it lives by first


def draw(city: City, many: int, seed: int, words: bool) -> list[dict[str, str]]:
    """Return a sample of rows of 企业环节, in the order drawn."""
    rows = [row for row in map_products(city).rows()[1] if not words or "登记的产品" in row["note"]]
    return random.Random(seed).sample(rows, min(many, len(rows)))


def main() -> None:
    """Print the sample: firm, word or industry, segment, what the firm makes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("many", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--words", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lianzhang-sample-") as scratch:
        folder = Path(scratch)
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(folder / "ckg", filter="data")
        store = open_store(f"ladybug://{folder}/graph.lbug")
        load([ROOT / "seeds", folder / "ckg"], store, Options(rejects=folder / "rejects"))
        city = read_city(View.of(store))
        names = city.names
        makes = city.going("PRODUCES").sort("weight", descending=True, nulls_last=True)
        for place, row in enumerate(draw(city, asked.many, asked.seed, asked.words), start=1):
            ids = makes.filter(makes["from"] == row["enterprise"])["to"].head(MOST)
            made = "、".join(names["Product"][id] for id in ids)
            firm, segment = names["Enterprise"][row["enterprise"]], names["Segment"][row["segment"]]
            print(f"{place} | {firm} | {row['note']} | {segment} | {made}")


if __name__ == "__main__":
    main()
