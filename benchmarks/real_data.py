"""Weak links on real data: the seeds, and ChainKnowledgeGraph's listed
companies mapped to the chains; prints Markdown tables.

    python -m benchmarks.real_data 集成电路 新能源汽车 智能家电

ChainKnowledgeGraph has no licence: it is read from ``../shared`` and never copied. Its
firms have no place, so the chains are taken without their city there, and the register
is entered as a coverage record: once as if it were a census, which it is not.
"""

import csv
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from graph.scope import Scope
from graph.stores import Store, open_store
from loaders.run import Options, load
from queries.city.city import read_city
from queries.core.view import View
from queries.gaps.weak_links import weak_links
from queries.matching.chain_mapping import map_products
from queries.names.search import find_chain

ROOT = Path(__file__).parent.parent
ARCHIVE = ROOT.parent / "shared" / "data" / "chain_knowledge_graph" / "chain_knowledge_graph.tar.gz"
SOURCE = "ChainKnowledgeGraph (liuhuanyong, 2021)"


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read rows of CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def national(folder: Path, mapped: bool) -> Store:
    """Return a store with the taxonomy and the listed companies, their products
    mapped to it or only of the same name."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder / "ckg", filter="data")
    chains = [
        {name: value for name, value in row.items() if name != "region"}
        for row in read_csv(ROOT / "seeds" / "qingdao" / "chains.csv")
    ]
    write_csv(folder / "chains.csv", chains)
    segments = [
        row["id"] for path in sorted((ROOT / "seeds" / "taxonomy").glob("*/segments.csv")) for row in read_csv(path)
    ]
    look = {"name": "A股上市公司的主营产品", "segments": ";".join(segments), "method": "年报主营产品", "as_of": "2021"}
    write_csv(folder / "coverages.csv", [look | {"source": SOURCE, "status": "reported"}])
    store = open_store(f"ladybug://{folder}/graph.lbug")
    sources = ROOT / "seeds" / "qingdao" / "sources.csv"
    options = Options(rejects=folder / "rejects")
    load(
        [folder / "chains.csv", folder / "coverages.csv", sources, ROOT / "seeds" / "taxonomy", folder / "ckg"],
        store,
        options,
    )
    if mapped:
        mapping = map_products(read_city(View.of(store)))
        print_mapping(mapping)
        for name, rows in zip(("produces", "operates_in"), mapping.rows(), strict=True):
            write_csv(folder / f"{name}.csv", rows)
        report = load([folder / "produces.csv", folder / "operates_in.csv"], store, options)
        assert not report.bad, report.rejected[:3]
    return store


def print_mapping(mapping: Any) -> None:
    """Print how many firms and products are matched, ambiguous, none, as a whole and by chain."""
    firms, products = Counter(mapping.firms().values()), Counter(match.verdict for match in mapping.matches)
    print("\n| | 匹配 | 有歧义 | 对不上 |\n|---|---|---|---|")
    for name, counts in (("登记了产品的企业", firms), ("不与分类同名的产品", products)):
        print(f"| {name} | {counts['matched']:,} | {counts['ambiguous']:,} | {counts['none']:,} |")
    print("\n| 产业链 | 匹配的企业 | 只有歧义的企业 |\n|---|---|---|")
    for chain, counts in mapping.by_chain().items():
        print(f"| {mapping.city.names['Chain'][chain]} | {counts['matched']} | {counts['ambiguous']} |")


def print_chain(store: Store, name: str, without: list[str]) -> None:
    """Print one chain's segments with state, score, number of firms, and its products by state."""
    view = View.of(store, Scope.without(",".join(without)))
    answer = weak_links(view, find_chain(view, name).id)
    print(f"\n### {answer.chain}\n\n| 层级 | 环节 | 状态 | 评分 | 企业 | 行动 | 产品 |\n|---|---|---|---|---|---|---|")
    for segment in answer.segments:
        states: dict[str, list[str]] = {}
        for product in segment.products:
            states.setdefault(product.state, []).append(product.product)
        told = ";".join(f"{state}: {'、'.join(names)}" for state, names in states.items() if state != "未知")
        score = "" if segment.score is None else f"{segment.score:g}"
        rest = f"未知 {len(states.get('未知', []))} 种"
        print(
            f"| {segment.tier} | {segment.segment} | {segment.state} | {score} | {len(segment.firms)} "
            f"| {segment.action} | {told or '—'};{rest} |"
        )
    print(f"\n依据 {answer.rests_on};规则移动 ±20% 时状态会变的: {'、'.join(answer.stability.flipped) or '没有'}")


def main() -> None:
    """Print the tables for the chains that are named."""
    chains = sys.argv[1:] or ["集成电路", "新能源汽车", "智能家电"]
    with tempfile.TemporaryDirectory(prefix="lianzhang-real-") as scratch:
        seeds = open_store(f"ladybug://{scratch}/seeds.lbug")
        load([ROOT / "seeds"], seeds)
        print("## 随附数据(不用示例)")
        for name in chains:
            print_chain(seeds, name, ["sample"])
        print("\n## 随附数据(含示例)")
        for name in chains:
            print_chain(seeds, name, [])
        for title, mapped in (("只认同名", False), ("按词尾对应", True)):
            print(f"\n## 上市公司,{title}")
            folder = Path(scratch) / str(mapped)
            folder.mkdir()
            store = national(folder, mapped)
            for name in chains:
                print_chain(store, name, [])


if __name__ == "__main__":
    main()
