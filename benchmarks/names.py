"""Short names to full names on ChainKnowledgeGraph, beside TF-IDF and WRatio,
and the index's growth; prints Markdown tables.

    python -m benchmarks.names

ChainKnowledgeGraph has no licence: it is read from ``../shared`` and never copied.
"""

import json
import random
import resource
import statistics
import sys
import tarfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from graph.names.index import NameIndex
from graph.names.names import FORMS

ARCHIVE = Path(__file__).parents[2] / "shared" / "data" / "chain_knowledge_graph" / "chain_knowledge_graph.tar.gz"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
ASKED = 500
ABSENT = 600


def read_pairs(archive: Path) -> tuple[list[tuple[str, set[str]]], list[str]]:
    """Return the short name of each code (of its first row) with every full
    name that its rows give, and all full names."""
    with tarfile.open(archive) as opened:
        stream = opened.extractfile("./company.json")
        assert stream is not None
        rows = [json.loads(line) for line in stream]
    full: dict[str, set[str]] = defaultdict(set)
    short: dict[str, str] = {}
    for row in rows:
        full[row["code"]].add(row["fullname"])
        short.setdefault(row["code"], row["name"])
    return [(short[code], full[code]) for code in short], sorted({row["fullname"] for row in rows})


def made_up(number: int) -> list[str]:
    """Return that many full names of a place, five characters out of 1,500 and a legal form."""
    chosen = random.Random(1)
    signs = [chr(code) for code in range(0x4E00, 0x4E00 + 1500)]
    places = ("青岛", "上海", "济南", "")
    return [
        f"{chosen.choice(places)}{''.join(chosen.choices(signs, k=5))}{chosen.choice(FORMS)}" for _ in range(number)
    ]


def _first(asked: Sequence[tuple[str, set[str]]], answers: Sequence[str]) -> float:
    return statistics.fmean(answer in full for answer, (_, full) in zip(answers, asked, strict=True))


def _tf_idf(low: int, high: int) -> Callable[[list[str], list[str]], list[str]]:
    def rank(texts: list[str], names: list[str]) -> list[str]:
        made = TfidfVectorizer(analyzer="char", ngram_range=(low, high))
        known = made.fit_transform(names)
        return [names[place] for place in (made.transform(texts) @ known.T).toarray().argmax(axis=1)]

    return rank


def _w_ratio(texts: list[str], names: list[str]) -> list[str]:
    return [names[place] for place in process.cdist(texts, names, scorer=fuzz.WRatio, workers=2).argmax(axis=1)]


def _ours(texts: list[str], names: list[str]) -> list[str]:
    index = NameIndex(names, names)
    return [next((item.id for item in index.find(text, 1)), "") for text in texts]


def compare() -> None:
    """Print Hits@1 of each method, how sure answers do, and how often a firm that is not there is surely another."""
    asked, names = read_pairs(ARCHIVE)
    texts = [short for short, _ in asked]
    ways = {
        "字符 1–2 元 TF-IDF": _tf_idf(1, 2),
        "字符 1–3 元 TF-IDF": _tf_idf(1, 3),
        "WRatio": _w_ratio,
        "本项目": _ours,
    }
    print(f"{len(asked):,} 个简称,{len(names):,} 个全称。\n\n| 方法 | Hits@1 |\n|---|---|")
    for way, rank in ways.items():
        print(f"| {way} | {_first(asked, rank(texts, names)):.3f} |", flush=True)
    index = NameIndex(names, names)
    answers = [index.find(text) for text in texts]
    sure = [(item.id, full) for answer, (_, full) in zip(answers, asked, strict=True) for item in answer if item.sure]
    every = statistics.fmean(
        any(item.id in full for item in answer) for answer, (_, full) in zip(answers, asked, strict=True)
    )
    held = [(answer[0].id if answer else "", pair) for answer, pair in zip(answers[1::2], asked[1::2], strict=True)]
    wrong = 0
    for text, full in random.Random(1).sample(asked, ABSENT):
        rest = [name for name in names if name not in full]
        wrong += any(item.sure for item in NameIndex(rest, rest).find(text))
    print(
        f"\nHits@1(没有用来定权重的一半) {_first([pair for _, pair in held], [id for id, _ in held]):.3f};"
        f"Hits@10 {every:.3f}。"
    )
    print(f"“确定”的 {len(sure) / len(asked):.1%},其中对的 {statistics.fmean(id in full for id, full in sure):.1%};")
    print(f"去掉它自己的全称再问({ABSENT} 个),“确定”成别家的 {wrong / ABSENT:.1%}。")


def grow() -> None:
    """Print how long the index takes to build and to answer, by the number of names."""
    print("\n| 全称 | 建索引 秒 | 一问 p50 毫秒 | p95 毫秒 | 峰值内存 MB |\n|---|---|---|---|---|")
    for size in SIZES:
        names = made_up(size)
        start = time.perf_counter()
        index = NameIndex(names, names)
        built = time.perf_counter() - start
        times = []
        for name in random.Random(2).choices(names, k=ASKED):
            start = time.perf_counter()
            index.find(name[2:6])
            times.append(1000 * (time.perf_counter() - start))
        cuts = statistics.quantiles(times, n=20)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"| {size:,} | {built:.2f} | {cuts[9]:.1f} | {cuts[18]:.1f} | {peak:,} |", flush=True)


if __name__ == "__main__":
    grow()
    if ARCHIVE.exists():
        compare()
    else:
        print(f"没有 {ARCHIVE},未与全称比较", file=sys.stderr)
