"""Placing firms on chains: weights, figures on dev by folds, and how it grows; prints Markdown tables.

    python -m benchmarks.placing            # figures on dev of ../shared/data/placement, cross-validated, beside TF-IDF
    python -m benchmarks.placing fit        # learn the weights from dev and write queries/placing/weights.json
    python -m benchmarks.placing growth     # 1k, 10k, 100k, 1M firms with scopes of 300 signs; or up to a number

The data have no licence: they are read where they lie and never copied; what ships is a number for each feature.
Cross-validated figures learn the weights in the folds only (8 folds, 5 shuffles). The words of the segments are data
of the taxonomy, written without the rows of dev.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from graph.scope import Scope
from graph.stores import open_store
from loaders.run import load
from queries.core.view import View
from queries.matching.offers import Rows
from queries.placing.evidence import FEATURES, TRADE, PlaceEvidence, RegisteredFirm, RegisterReader
from queries.placing.judge import PlaceWeights, PlacingModel, judge
from queries.placing.run import FEW, FORM, read_firms, told
from queries.placing.yardstick import Yardstick, read_yardstick

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data" / "placement"
WEIGHTS = ROOT / "queries" / "placing" / "weights.json"
FOLDS, SHUFFLES = 8, 5
SIZES = (1_000, 10_000, 100_000, 1_000_000)
_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
STRENGTH, STRENGTH_OF_TRADE, RIDGE = 1.0, 0.3, 0.2  # the first two are inverses of one
# the segments in which whoever trades stands
TRADES = tuple(f"modern-commerce.{name}" for name in ("wholesale", "physical-retail", "trade", "online-retail"))
CUTS = {
    "from_any": 0.48, "from_main": 0.32, "from_trade": 0.45, "from_first": 0.15, "from_product": 0.25,
    "high": 0.7, "middle": 0.5,
}  # fmt: skip
Gold = Mapping[str, Mapping[str, str]]


def read_taxonomy() -> Yardstick:
    """Return the yardstick of the seeds."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"ladybug:///{folder}/graph.lbug")
        load([ROOT / "seeds" / "taxonomy", ROOT / "seeds" / "qingdao"], store)
        made = read_yardstick(View.of(store, Scope()))
        store.close()
    return made


def read_dev() -> tuple[list[RegisteredFirm], Gold]:
    """Return the labelled firms, and their places with their strength."""
    rows = map(json.loads, (DATA / "gold_dev.jsonl").read_text("utf-8").splitlines())
    gold = {row["id"]: {place["id"]: place["strength"] for place in row["segments"]} for row in rows}
    return [*read_firms(Rows(DATA / "firms_dev.jsonl", FORM))], gold


def learn(evidence: PlaceEvidence, gold: Gold, yardstick: Yardstick, on: str) -> PlacingModel:
    """Return the weights under which the labelled places are likeliest."""
    rows, any_, main = [], [], []
    for one, (start, end) in zip(evidence.firms, pairwise(evidence.starts), strict=True):
        for row in range(start, end):
            segment = yardstick.places[evidence.places[row]].formerly
            if segment not in TRADES:
                rows.append(evidence.features[row])
                any_.append(segment in gold[one.id])
                main.append(gold[one.id].get(segment) == "main")
    of_places, *of_trades = _order(evidence, gold, yardstick)
    orders = iter(of_trades)
    trades = {}
    for segment in TRADES:
        strengths = [gold[one.id].get(segment) for one in evidence.firms]
        trades[segment] = PlaceWeights(
            any=_fit(evidence.trade, [strength is not None for strength in strengths], STRENGTH_OF_TRADE),
            main=_fit(evidence.trade, [strength == "main" for strength in strengths], STRENGTH_OF_TRADE),
            order=next(orders),
        )
    return PlacingModel(
        version="2026-11-30.1",
        learned_on=on,
        features=list(FEATURES),
        trade_features=list(TRADE),
        places=PlaceWeights(any=_fit(rows, any_, STRENGTH), main=_fit(rows, main, STRENGTH), order=of_places),
        trades=trades,
        **CUTS,
    )


def _order(evidence: PlaceEvidence, gold: Gold, yardstick: Yardstick) -> list[list[float]]:
    """Return the weights under which main places stand first: of places, and of each segment of trade."""
    width, block = len(FEATURES), len(TRADE) + 1
    asked: list[tuple[NDArray[np.float64], NDArray[np.bool_]]] = []
    for one, trade, (start, end) in zip(evidence.firms, evidence.trade, pairwise(evidence.starts), strict=True):
        rows, segments = list[list[float]](), list[str]()
        for row in range(start, end):
            if (segment := yardstick.places[evidence.places[row]].formerly) not in TRADES:
                rows.append([*evidence.features[row], *[0.0] * (block * len(TRADES))])
                segments.append(segment)
        for number, segment in enumerate(TRADES):
            own = [0.0] * (width + block * len(TRADES))
            own[width + number * block : width + (number + 1) * block] = [*trade, 1.0]
            rows.append(own)
            segments.append(segment)
        right = np.array([gold[one.id].get(segment) == "main" for segment in segments])
        if right.any():
            asked.append((np.array(rows), right))

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        lost, slope = RIDGE * float(weights @ weights) / 2, RIDGE * weights
        for rows, right in asked:
            scores = rows @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            hit = float((shares * right).sum()) + 1e-12
            lost -= float(np.log(hit))
            slope = slope + rows.T @ (shares - shares * right / hit)
        return lost, slope

    begin = np.zeros(width + block * len(TRADES))
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    parts = [[*found[:width].tolist(), 0.0]]
    parts += [found[width + number * block : width + (number + 1) * block].tolist() for number in range(len(TRADES))]
    return [[round(value, 4) for value in part] for part in parts]


def _fit(
    rows: Sequence[NDArray[np.float64]] | NDArray[np.float64], right: Sequence[bool], strength: float
) -> list[float]:
    if sum(right) < 2:
        return [0.0] * len(rows[0]) + [-4.0]
    fitted = LogisticRegression(C=strength, max_iter=5000).fit(np.asarray(rows), right)
    return [round(float(value), 4) for value in (*fitted.coef_[0], fitted.intercept_[0])]


def cross_validate(
    firms: Sequence[RegisteredFirm], gold: Gold, yardstick: Yardstick, seed: int
) -> list[dict[str, Any]]:
    """Return the places of every labelled firm, judged by what the other folds teach."""
    placed: dict[str, dict[str, Any]] = {}
    reader = RegisterReader(yardstick)
    for train, test in KFold(FOLDS, shuffle=True, random_state=seed).split(np.arange(len(firms))):
        model = learn(reader.read([firms[row] for row in train]), gold, yardstick, "folds")
        for one in judge(reader.read([firms[row] for row in test]), yardstick, model):
            placed[one.firm] = told(one, yardstick)
    return [placed[one.id] for one in firms]


def score(placed: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return the figures of ``score.py``."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in placed)
        file.flush()
        said = subprocess.run(
            [sys.executable, DATA / "score.py", file.name, DATA / "gold_dev.jsonl"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
    number = [float(word) for word in said if word[0].isdigit() and "." in word]
    names = (
        "segment precision",
        "segment recall",
        "segment F1",
        "chain precision",
        "chain recall",
        "chain F1",
        "first is main",
    )
    return dict(zip((*names, "none left alone", "product precision@3", "product recall@5"), number, strict=True))


def figures() -> None:
    """Print the figures on dev, the mean and the spread over the shuffles."""
    yardstick = read_taxonomy()
    firms, gold = read_dev()
    runs = [score(cross_validate(firms, gold, yardstick, seed)) for seed in range(SHUFFLES)]
    print(f"\n247 firms, {FOLDS} folds, {SHUFFLES} shuffles\n\n| figure | mean | least | most |\n|---|---:|---:|---:|")
    for name in runs[0]:
        values = [run[name] for run in runs]
        print(f"| {name} | {np.mean(values):.3f} | {min(values):.3f} | {max(values):.3f} |")


def fit() -> None:
    """Learn from all of dev and write the weights that ship."""
    yardstick = read_taxonomy()
    firms, gold = read_dev()
    evidence = RegisterReader(yardstick).read(firms)
    model = learn(evidence, gold, yardstick, "247 dev firms of the placement task, by python -m benchmarks.placing fit")
    WEIGHTS.write_text(json.dumps(model.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, any_, main in zip((*FEATURES, "(none)"), model.places.any, model.places.main, strict=True):
        print(f"{name:16s} {any_:7.2f} {main:7.2f}")


def make_firms(number: int) -> Iterable[RegisteredFirm]:
    """Yield made firms with scopes of about 300 signs, put together of products' names and a register's verbs."""
    chance = random.Random(7)
    things = [word for word in read_taxonomy().words if len(word) > 2]
    verbs = ("制造", "销售", "研发", "批发", "技术服务", "加工", "零售", "维修", "租赁", "设计")
    for row in range(number):
        items: list[str] = []
        while sum(map(len, items)) + len(items) < 300:
            mark = chance.choice("一二三四五六七八九十甲乙丙丁") if chance.random() < 0.3 else ""
            items.append(mark + chance.choice(things) + chance.choice(verbs))
        yield RegisteredFirm(f"made-{row}", f"演示{row}{chance.choice(things)}有限公司", "；".join(items))


def growth() -> None:
    """Print time and memory at sizes 10 times apart, up to the largest that is asked for."""
    print("\n| firms | seconds | ms a firm | CPU seconds | CPU ms a firm | MB |\n|---:|---:|---:|---:|---:|---:|")
    most = int(sys.argv[2]) if len(sys.argv) > 2 else SIZES[-1]
    for size in (size for size in SIZES if size <= most):
        said = subprocess.run(
            [
                sys.executable,
                "-c",
                f"from benchmarks.placing import one; one({size})",
            ],  # nothing that a helper reads again
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        seconds, cpu, memory = map(float, said.split())
        row = f"| {size:,} | {seconds:.1f} | {seconds / size * 1000:.2f} | {cpu:.1f} | {cpu / size * 1000:.2f} |"
        print(f"{row} {memory:,.0f} |", flush=True)


def one(size: int) -> None:
    """Print the seconds, CPU seconds and MB of one run by the command's own way: a file in, a file out; of all its
    processes together."""
    from queries.placing.run import place_files

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "firms.jsonl"
        with source.open("w", encoding="utf-8") as file:
            for firm in make_firms(size):
                file.write(
                    json.dumps({"id": firm.id, "name": firm.name, "scope": firm.scope}, ensure_ascii=False) + "\n"
                )
        yardstick, start, before = read_taxonomy(), time.perf_counter(), _cpu()
        place_files(source, Path(folder) / "placed.jsonl", yardstick)
        seconds, cpu = time.perf_counter() - start, _cpu() - before
        cores = len(os.sched_getaffinity(0)) if size >= FEW else 0
        own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in _WHO)
        print(seconds, cpu, own + others * cores)


def _cpu() -> float:
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, _WHO))


if __name__ == "__main__":
    words = sys.argv[1:]
    {"fit": fit, "growth": growth}.get(words[0] if words else "", figures)() if words[:1] != ["one"] else one(
        int(words[1])
    )
