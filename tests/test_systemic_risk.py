"""Systemic risk: the authors' own results, the definition read aloud, and what must hold for any network."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import queries.networks.systemic_risk
from graph.errors import InputError
from queries.networks.risk_tables import read_network
from queries.networks.systemic_risk import SupplyNetwork, systemic_risk

ORACLES = {
    "n200": Path(__file__).parent / "data" / "esri" / "n200",
    "n1000": Path(__file__).parent.parent.parent / "shared" / "oracles" / "esri" / "n1000",
}


@pytest.mark.parametrize("case", ["n200", "n1000"])
@pytest.mark.parametrize("substitution", [False, True])
def test_the_authors_scores(case: str, substitution: bool) -> None:
    folder = ORACLES[case]
    if not folder.exists():
        pytest.skip("the larger case is beside the repository, not in it")
    known = read_network(folder / "edges.csv", folder / "firms.csv", folder / "essentiality.csv")
    wanted = pl.read_csv(folder / f"esri_{'' if substitution else 'no_'}substitution.csv")["esri"].to_numpy()
    assert np.abs(systemic_risk(known.network, substitution=substitution).esri - wanted).max() < 1e-9


def by_definition(
    links: list[tuple[int, int, float]],
    industry: list[int],
    essential: np.ndarray,
    psi: np.ndarray,
    substitution: bool,
    tolerance: float,
) -> float:
    """The definition of oracles/esri/README.md, written down as it stands there."""
    firms = len(industry)
    flow = np.zeros((firms, firms))
    for supplier, buyer, amount in links:
        flow[supplier, buyer] += amount
    sold, bought, g = flow.sum(1), flow.sum(0), np.array(industry)
    d = u = np.ones(firms)
    while True:
        sigma = np.ones(firms)
        if substitution:
            for i in range(firms):
                there = sum(sold[m] * d[m] for m in range(firms) if g[m] == g[i])
                sigma[i] = 0 if sold[i] == 0 else 1 if there == 0 else min(sold[i] / there, 1)
        x = sigma * (1 - d)
        fresh_d, fresh_u = np.ones(firms), np.ones(firms)
        for j in range(firms):
            worst, lost_demand = 0.0, 0.0
            for k in range(len(essential)):
                all_of_k = sum(flow[i, j] for i in range(firms) if g[i] == k)
                if all_of_k and essential[k, g[j]] == 2:
                    worst = max(worst, sum(x[i] * flow[i, j] for i in range(firms) if g[i] == k) / all_of_k)
                if all_of_k and essential[k, g[j]] == 1:
                    lost_demand += sum(x[i] * flow[i, j] for i in range(firms) if g[i] == k) / bought[j]
            fresh_d[j] = min(1 - worst, 1 - lost_demand, psi[j])
            fresh_u[j] = min(1, psi[j]) if sold[j] == 0 else min((flow[j] @ u) / sold[j], psi[j])
        moved = max((d - fresh_d).max(), (u - fresh_u).max())
        d, u = fresh_d, fresh_u
        if moved <= tolerance:
            return float(sold @ (1 - np.minimum(d, u)) / sold.sum())


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    firms, kinds = draw(st.integers(1, 7)), draw(st.integers(1, 3))
    ends = st.integers(0, firms - 1)
    return {
        "links": draw(st.lists(st.tuples(ends, ends, st.sampled_from([0.5, 1.0, 3.0, 10.0])), min_size=1, max_size=14)),
        "industry": draw(st.lists(st.integers(0, kinds - 1), min_size=firms, max_size=firms)),
        "essential": np.array(
            draw(st.lists(st.lists(st.integers(0, 2), min_size=kinds, max_size=kinds), min_size=kinds, max_size=kinds))
        ),
    }


def build(case: dict[str, Any]) -> SupplyNetwork:
    suppliers, buyers, amounts = zip(*case["links"], strict=True)
    return SupplyNetwork.build(suppliers, buyers, amounts, case["industry"], case["essential"])


@settings(max_examples=150)
@given(networks(), st.booleans(), st.sampled_from([0.3, 0.01, 1e-4]), st.sampled_from([0.0, 0.3, 10.0]), st.data())
def test_any_scenario_is_as_defined(
    case: dict[str, Any], substitution: bool, tolerance: float, touched: float, data: st.DataObject
) -> None:
    """Asking anew from the start, pushing what changed to the end, and first the one and then the other."""
    firms = len(case["industry"])
    levels = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.0]), min_size=firms, max_size=firms)
    scenarios = np.array(data.draw(st.lists(levels, min_size=1, max_size=10)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries.networks.systemic_risk, "TOUCHED", touched)
        risk = systemic_risk(build(case), scenarios, substitution=substitution, tolerance=tolerance)
    wanted = [
        by_definition(case["links"], case["industry"], case["essential"], psi, substitution, tolerance)
        for psi in scenarios
    ]
    assert risk.esri == pytest.approx(wanted, abs=1e-12)
    assert risk.done.all()
    assert (risk.esri <= risk.downstream + risk.upstream + 1e-12).all()
    assert (np.maximum(risk.downstream, risk.upstream) <= risk.esri + 1e-12).all()
    assert ((risk.esri >= 0) & (risk.esri <= 1)).all()


@settings(max_examples=50)
@given(networks(), st.booleans())
def test_closing_an_isolated_firm_costs_exactly_its_share(case: dict[str, Any], substitution: bool) -> None:
    firms = len(case["industry"])
    case["industry"].append(0)
    weights = np.arange(1.0, firms + 2)
    risk = systemic_risk(build(case), substitution=substitution, weights=weights)
    assert risk.esri[firms] == weights[firms] / weights.sum()


def test_no_block_and_no_number_of_threads_changes_a_score() -> None:
    random = np.random.default_rng(7)
    firms, links = 400, 3000
    network = SupplyNetwork.build(
        random.integers(0, firms, links), random.integers(0, firms, links), random.lognormal(size=links),
        random.integers(0, 12, firms), random.choice(3, (12, 12)),
    )  # fmt: skip
    whole = systemic_risk(network, threads=1).esri
    assert systemic_risk(network, threads=3).esri.tobytes() == whole.tobytes()
    closures = 1 - np.eye(firms)
    assert systemic_risk(network, closures[::-1]).esri[::-1].tobytes() == whole.tobytes()
    assert systemic_risk(network, closures[17:18]).esri[0] == whole[17]
    assert systemic_risk(network, [17, 3]).esri.tolist() == [whole[17], whole[3]]


@pytest.mark.parametrize("substitution", [False, True])
def test_pushing_changes_and_asking_anew_come_to_the_same(substitution: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(8)
    firms, links = 1000, 8000
    network = SupplyNetwork.build(
        random.integers(0, firms, links), random.integers(0, firms, links), random.lognormal(size=links),
        random.integers(0, 12, firms), random.choice(3, (12, 12)),
    )  # fmt: skip
    scenarios = np.where(random.random((50, firms)) < 0.01, random.random((50, firms)), 1.0)
    weights = random.permutation(firms)
    risks = []
    for touched in (0.0, 0.1, 1.0):
        monkeypatch.setattr(queries.networks.systemic_risk, "TOUCHED", touched)
        risk = systemic_risk(network, scenarios, substitution=substitution, weights=weights)
        risks.append(np.array([risk.esri, risk.downstream, risk.upstream]))
    assert np.abs(risks[0] - risks[2]).max() < 1e-12
    assert np.abs(risks[1] - risks[2]).max() < 1e-12


def test_an_interruption_leaves_what_was_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.networks.systemic_risk, "PIECE", 2)
    told: list[int] = []

    def stop(done: int) -> None:
        told.append(done)
        raise KeyboardInterrupt

    ring = np.arange(1000)
    network = SupplyNetwork.build(ring, (ring + 1) % 1000, np.ones(1000), ring % 5, np.full((5, 5), 2))
    risk = systemic_risk(network, threads=1, step=stop)
    assert len(told) == 1
    assert 0 < risk.done.sum() < 1000
    assert np.isfinite(risk.esri[risk.done]).all()
    assert np.isnan(risk.esri[~risk.done]).all()


GOOD: dict[str, Any] = {"supplier": [0], "buyer": [1], "amount": [1.0], "industry": [0, 0], "essentiality": [[2]]}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"amount": [float("nan")]}, "amount 的第 0 个不是有限的数: nan"),
        ({"amount": [float("inf")]}, "amount 的第 0 个不是有限的数: inf"),
        ({"amount": [-2]}, "amount 不能为负: 第 0 条关系是 -2"),
        ({"amount": [0]}, "没有一条关系的 amount 大于 0"),
        ({"amount": [1, 2]}, "应一样长,这里是 1、1、2"),
        ({"amount": [[1]]}, "amount 应为 1 维数组,这里是 2 维"),
        ({"amount": ["x"]}, "amount 应为数字"),
        ({"supplier": [2]}, "supplier 应为 0 至 1"),
        ({"buyer": [-1]}, "buyer 应为 0 至 1"),
        ({"buyer": [0.5]}, "buyer 应为整数,绝对值不超过 2 的 53 次方,这里有 0.5"),
        ({"supplier": [2.0**63]}, "supplier 应为整数"),
        ({"amount": [1e301]}, "amount 太大"),
        ({"industry": [0, 1]}, "industry 应为 0 至 0"),
        ({"industry": []}, "industry 是空的"),
        ({"essentiality": [[3]]}, "essentiality 应为 0 至 2"),
        ({"essentiality": [[0, 1]]}, "essentiality 应为方阵"),
    ],
)
def test_what_cannot_be_used_says_why(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as error:
        SupplyNetwork.build(**{**GOOD, **wrong})
    assert told in error.value.message


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"scenarios": [[1.0]]}, "每行应有 2 个数"),
        ({"scenarios": [2]}, "scenarios 应为 0 至 1(要关的企业的编号),这里有 2"),
        ({"scenarios": 1.0}, "scenarios 应为 2 维数组"),
        ({"scenarios": [[1.0, 1.5]]}, "第 0 个情景企业 1 是 1.5"),
        ({"scenarios": [[1.0, float("nan")]]}, "scenarios 的第 (0, 1) 个不是有限的数"),
        ({"weights": [1.0]}, "weights 应有 2 个"),
        ({"weights": [1.0, -1.0]}, "weights 不能为负"),
        ({"weights": [0.0, 0.0]}, "也不能全为 0"),
        ({"tolerance": 0.0}, "tolerance 应在 0 与 1 之间"),
        ({"tolerance": 1e-17}, "不小于 1e-12"),
        ({"tolerance": float("nan")}, "tolerance 应在 0 与 1 之间"),
    ],
)
def test_what_cannot_be_asked_says_why(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as error:
        systemic_risk(SupplyNetwork.build(**GOOD), **wrong)
    assert told in error.value.message


EDGES = "supplier,buyer,amount\n示例甲,示例乙,1200.5\n示例乙,示例丙,300\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (EDGES, "utf-8"), (EDGES, "utf-8-sig"), (EDGES, "gb18030"), (EDGES, "utf-16"), (EDGES.replace(",", "\t"), "gb18030"),
        (EDGES.replace("supplier,buyer,amount", "供应商,客户,金额"), "gb18030"), (EDGES.replace("示例甲", "示例甲 "), "utf-8"),
        (EDGES.replace("1200.5", '"1,200.5"'), "utf-8"), (EDGES.replace("\n", "\r\n"), "gb18030"),
    ],
)  # fmt: skip
def test_its_files_are_read_as_load_reads_them(tmp_path: Path, text: str, encoding: str) -> None:
    edges, firms, needs = (tmp_path / name for name in ("edges.csv", "firms.csv", "ess.csv"))
    edges.write_bytes(text.encode(encoding))
    firms.write_bytes("firm,industry\n示例甲,C39\n示例乙,C39\n示例丙,C36\n".encode(encoding))
    needs.write_bytes(",C39,C36\nC39,2,1\nC36,1,2\n".encode(encoding))
    known = read_network(edges, firms, needs)
    assert known.firms.to_list() == ["示例甲", "示例乙", "示例丙"]
    assert systemic_risk(known.network).esri.sum() > 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (EDGES.encode() + "示例丙,示例甲,5\n".encode("gb18030"), "edges.csv: 第 4 行: 这一行有 GB18030 编码的字"),
        (b"PK\x03\x04", "edges.csv: 这不是文本,而是 Excel 工作簿"),
        (EDGES.encode("utf-32"), "edges.csv: 文件是 UTF-32 编码"),
        ("供应商,客户\n甲,乙\n".encode(), "edges.csv: 缺少列 amount"),
        (b"", "edges.csv: 缺少列 supplier"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, told: str) -> None:
    edges, firms, needs = (tmp_path / name for name in ("edges.csv", "firms.csv", "ess.csv"))
    edges.write_bytes(content)
    firms.write_text("firm,industry\n甲,C39\n乙,C39\n")
    needs.write_text(",C39\nC39,2\n")
    with pytest.raises(InputError) as raised:
        read_network(edges, firms, needs)
    assert told in str(raised.value)
