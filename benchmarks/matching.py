"""The matcher on the dev needs of ../shared/data/matching: weights, figures,
baselines, and how it grows; prints Markdown tables.

    python -m benchmarks.matching            # figures on dev, cross-validated, baselines, calibration
    python -m benchmarks.matching fit        # learn the weights from dev and write queries/matching/weights.json
python -m benchmarks.matching growth     # building and asking at 1k, 10k, 100k, 1M offers, and with 100,000 suppliers

The data have no licence: they are read where they lie and never copied; what ships is a
number for each channel. Weights are learned by conditional logit (McFadden, 1974) with
a ridge; cross-validated figures learn them in the folds only (5 folds, 5 shuffles).
"""

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer

from queries.matching.channels import CHANNELS, ask, look
from queries.matching.derived import TRAITS, Derived, derive
from queries.matching.index import build, load, save
from queries.matching.offers import NEED_FORM, OFFER_FORM, Need, Offer, Rows, read_needs, read_offers
from queries.matching.ranker import KINDS, candidates, inputs, parse_weights, rank, read_weights

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data" / "matching"
WEIGHTS = ROOT / "queries" / "matching" / "weights.json"
RIDGE, FOLDS, SHUFFLES = 3.0, 5, 5
KNOWN = (0, 20, 100, 440)  # needs of the other folds whose suppliers are taken as known
Floats = NDArray[np.float64]


def learn(x: Floats, right: NDArray[np.bool_]) -> Floats:
    """Return the weights under which the right suppliers are likeliest; x: needs × candidates × inputs."""
    some = right.any(axis=1)
    x, right = x[some], right[some]

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = x @ weights
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        hit = (shares * right).sum(axis=1) + 1e-12
        slope = np.einsum("nc,ncf->f", shares - shares * right / hit[:, None], x)
        return float(-np.log(hit).sum() + RIDGE * weights @ weights / 2) / len(x), (slope + RIDGE * weights) / len(x)

    return np.asarray(minimize(loss, np.zeros(x.shape[2]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x)


def measure(order: list[list[int]], gold: list[set[int]]) -> Floats:
    """Return MRR, Hits@10 and Recall@10 as score.py defines them."""
    rows = []
    for ranked, right in zip(order, gold, strict=True):
        ranks = [place + 1 for place, row in enumerate(ranked) if row in right]
        ranks = [place - ahead for ahead, place in enumerate(ranks)]
        rows.append(
            (1 / min(ranks) if ranks else 0, bool(ranks) and min(ranks) <= 10, sum(r <= 10 for r in ranks) / len(right))
        )
    means: Floats = np.mean(rows, axis=0)
    return means


def read_dev() -> tuple[Derived, list[Need], list[set[int]]]:
    """Return the suppliers, the needs, and the right rows of each."""
    derived = derive(build(read_offers(Rows(DATA / "offers.jsonl", OFFER_FORM))))
    needs = list(read_needs(Rows(DATA / "needs_dev.jsonl", NEED_FORM)))
    place = {supplier: row for row, supplier in enumerate(derived.index.suppliers)}
    gold = {row["need"]: row["suppliers"] for row in map(json.loads, (DATA / "gold_dev.jsonl").open(encoding="utf-8"))}
    return derived, needs, [{place[supplier] for supplier in gold[need.id]} for need in needs]


def prepare(
    derived: Derived, needs: list[Need], gold: list[set[int]]
) -> tuple[list[NDArray[np.int64]], Floats, NDArray[np.bool_]]:
    """Return for each need its candidates, their inputs, and which of them are right."""
    rows, x, right = [], [], []
    for need, own in zip(needs, gold, strict=True):
        values = look(derived, ask(derived, need.text)).values
        rows.append(candidates(values))
        x.append(inputs(derived, values, rows[-1]))
        right.append(np.isin(rows[-1], list(own)))
    return rows, np.stack(x), np.stack(right)


def met_before(rows: list[NDArray[np.int64]], gold: list[set[int]], known: Iterable[int]) -> Floats:
    """Return the logarithm of how many known needs, itself left out, each candidate of each need has met."""
    told = set(known)
    often = Counter(row for at in told for row in gold[at])
    met = [[often[row] - (at in told and row in gold[at]) for row in own.tolist()] for at, own in enumerate(rows)]
    often_met: Floats = np.log1p(np.array(met, dtype=float))
    return often_met


def learn_known(scores: Floats, met: Floats, right: NDArray[np.bool_]) -> float:
    """Return the weight of ``met``, all others as they are, under which the right suppliers are likeliest."""
    some = right.any(axis=1)

    def loss(weight: float) -> float:
        shares = shares_of(scores[some] + weight * met[some])
        return float(-np.log((shares * right[some]).sum(axis=1) + 1e-12).sum())

    return float(minimize_scalar(loss, bounds=(0, 10), method="bounded").x)


def cross_validate(
    rows: list[NDArray[np.int64]], x: Floats, right: NDArray[np.bool_], gold: list[set[int]]
) -> dict[int, list[Floats]]:
    """Return the scores of every need by weights that were learned without it, once for each shuffle.

    The key is how many of the needs of the other folds are taken as known with
    who met them (the weight of that is learned there too).
    """
    scored: dict[int, list[Floats]] = {known: [] for known in KNOWN}
    for seed in range(SHUFFLES):
        order = np.random.default_rng(seed).permutation(len(x))
        scores = {known: np.zeros(right.shape) for known in KNOWN}
        for fold in range(FOLDS):
            held = order[fold::FOLDS]
            rest = np.setdiff1d(order, held)
            plain = x @ learn(x[rest], right[rest])
            weight = learn_known(plain[rest], met_before(rows, gold, rest)[rest], right[rest])
            for known in KNOWN:
                told = np.random.default_rng(seed).permutation(rest)[:known]
                scores[known][held] = (plain + weight * met_before(rows, gold, told))[held]
        for known in KNOWN:
            scored[known].append(scores[known])
    return scored


def ranked(rows: list[NDArray[np.int64]], scores: Floats) -> list[list[int]]:
    """Return the rows of each need, best first."""
    return [own[np.lexsort((own, -of_need))][:100].tolist() for own, of_need in zip(rows, scores, strict=True)]


def shares_of(scores: Floats) -> Floats:
    """Return the share of likelihood of each candidate."""
    shares: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    whole: Floats = shares.sum(axis=1, keepdims=True)
    return shares / whole


def fit() -> None:
    """Learn the weights from all dev needs, set the levels by cross-validated shares, and write both."""
    derived, needs, gold = read_dev()
    rows, x, right = prepare(derived, needs, gold)
    values = learn(x, right)
    kinds = values[: len(KINDS) * len(CHANNELS)].reshape(len(KINDS), len(CHANNELS))
    said = {
        "version": "2026-11-24.2",
        "learned_on": "550 dev needs of the matching task, by python -m benchmarks.matching fit",
        "kinds": list(KINDS),
        "channels": {channel: [round(float(kind[at]), 4) for kind in kinds] for at, channel in enumerate(CHANNELS)},
        "traits": {trait: round(float(value), 4) for trait, value in zip(TRAITS, values[-len(TRAITS) :], strict=True)},
        "known": round(learn_known(x @ values, met_before(rows, gold, range(len(gold))), right), 4),
        "high": HIGH,
        "middle": MIDDLE,
    }
    parse_weights(said)
    WEIGHTS.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")


HIGH, MIDDLE = 0.5, 0.2


def baselines(derived: Derived, needs: list[Need]) -> dict[str, list[list[int]]]:
    """Return the rankings of some plain methods."""
    texts = [
        " ".join(derived.index.products[product] for product in derived.index.held[row].indices)
        for row in range(len(derived.index))
    ]
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    matrix = vectors.fit_transform(texts)
    cosine = (vectors.transform([need.text for need in needs]) @ matrix.T).toarray()
    bm25 = np.stack([look(derived, ask(derived, need.text)).values[:, 0] for need in needs])
    every = {"字符 1–3 TF-IDF(只看产品)": cosine, "BM25(产品、名称、行业)": bm25}
    return {name: [np.argsort(-row, kind="stable")[:100].tolist() for row in scores] for name, scores in every.items()}


def report() -> None:
    """Print the figures."""
    derived, needs, gold = read_dev()
    rows, x, right = prepare(derived, needs, gold)
    print("| 方法 | MRR | Hits@10 | Recall@10 |\n|---|---|---|---|")
    for name, order in baselines(derived, needs).items():
        print(f"| {name} | {' | '.join(f'{value:.4f}' for value in measure(order, gold))} |")
    place = {supplier: row for row, supplier in enumerate(derived.index.suppliers)}
    answers = [[place[candidate.supplier] for candidate in rank(derived, need, 100).ranked] for need in needs]
    print(f"| 本项目,dev(权重在 dev 上学得) | {' | '.join(f'{value:.4f}' for value in measure(answers, gold))} |")
    folds = cross_validate(rows, x, right, gold)
    for known, every in folds.items():
        each = np.array([measure(ranked(rows, scores), gold) for scores in every])
        cells = " | ".join(
            f"{mean:.4f} ± {spread:.4f}"
            for mean, spread in zip(each.mean(axis=0), each.std(axis=0, ddof=1), strict=True)
        )
        print(
            f"| {f'另有 {known} 项已知谁满足过' if known else f'**本项目,交叉验证**({FOLDS} 折 × {SHUFFLES} 次)'} | "
            f"{cells} |"
        )
    held = folds[0]
    weights = read_weights()
    print("\n| 等级 | 份额 | 建议数(每次) | 其中对的 |\n|---|---|---|---|")
    for level, least, most in (
        ("高", weights.high, 9.0),
        ("中", weights.middle, weights.high),
        ("低", 0.0, weights.middle),
    ):
        inside = [(shares_of(scores) >= least) & (shares_of(scores) < most) for scores in held]
        if level == "低":
            inside = [
                within & (np.argsort(np.argsort(-scores, axis=1), axis=1) < 10)
                for within, scores in zip(inside, held, strict=True)
            ]
        count, hit = (
            np.mean([within.sum() for within in inside]),
            np.mean([(within & right).sum() for within in inside]),
        )
        print(f"| {level} | {least:g}–{min(most, 1):g} | {count:.0f} | {hit / max(count, 1):.0%} |")


def made(offers: int, per_supplier: int = 13) -> Iterator[Offer]:
    """Yield made-up suppliers whose products are parts of real product names
    put together anew, ``offers`` products in all."""
    real = [offer for offer in read_offers(Rows(DATA / "offers.jsonl", OFFER_FORM)) if offer.products]
    words = [name for offer in real for name, _ in offer.products]
    choice = np.random.default_rng(0)
    for number in range(max(1, offers // per_supplier)):
        picked = choice.integers(len(words), size=(per_supplier, 2))
        names = [words[a][: max(2, len(words[a]) // 2)] + words[b][len(words[b]) // 2 :] for a, b in picked]
        like = real[int(choice.integers(len(real)))]
        yield Offer(
            f"made-{number:07d}",
            f"{like.name[:4]}{number}号有限公司",
            like.industry,
            tuple((name, 0.5) for name in names),
        )


def one_size(offers: int) -> dict[str, Any]:
    """Return seconds to build, save, load and take up a change, milliseconds a
    need, and the peak in GB, at one size."""
    needs = [
        Need(str(at), row["text"])
        for at, row in enumerate(map(json.loads, (DATA / "needs_dev.jsonl").open(encoding="utf-8")))
    ][:200]
    clock, told = time.perf_counter(), {}
    index = build(made(offers))
    told["build"] = time.perf_counter() - clock
    clock = time.perf_counter()
    derived = derive(index)
    told["derive"] = time.perf_counter() - clock
    with TemporaryDirectory() as folder:
        save(index, Path(folder))
        clock = time.perf_counter()
        again = load(Path(folder))
        told["load"] = time.perf_counter() - clock
    changed = (
        Offer(offer.supplier, offer.name + "新" if at % 100 == 0 else offer.name, offer.industry, offer.products)
        for at, offer in enumerate(made(offers))
    )
    changes = list(changed)
    clock = time.perf_counter()
    build(changes, again)
    told["change 1 %"] = time.perf_counter() - clock
    times = []
    for need in needs:
        clock = time.perf_counter()
        rank(derived, need, 20)
        times.append((time.perf_counter() - clock) * 1000)
    told |= {"p50": float(np.percentile(times, 50)), "p95": float(np.percentile(times, 95))}
    return told | {"suppliers": len(index), "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def growth() -> None:
    """Print the figures at growing sizes, each in a process of its own."""
    print("| 供给(条) | 供应商 | 建索引 s | 派生 s | 读回 s | 1% 变更 s | p50 ms | p95 ms | 峰值 GB |")
    print("|---" * 9 + "|")
    for size in (1_000, 10_000, 100_000, 1_000_000, 1_300_000):
        out = subprocess.run(
            [sys.executable, "-m", "benchmarks.matching", "size", str(size)], check=True, capture_output=True, text=True
        )
        told = json.loads(out.stdout)
        cells = [f"{told[key]:.2f}" for key in ("build", "derive", "load", "change 1 %")]
        cells += [f"{told[key]:.1f}" for key in ("p50", "p95", "gb")]
        print(f"| {size:,} | {told['suppliers']:,} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            report()
        case ["fit"]:
            fit()
        case ["growth"]:
            growth()
        case ["size", size]:
            print(json.dumps(one_size(int(size))))
        case _:
            sys.exit(__doc__)
