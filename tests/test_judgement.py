"""The small graphs with right answers (tests/data/judgement): each chain is a case, read as an analyst would read it."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from view_parts import under

from graph.stores import Store, open_store
from loaders.run import load
from queries.core.view import View
from queries.gaps.answers import Judged, WeakLinks
from queries.gaps.weak_links import weak_links
from queries.targets.chain import list_targets

CASES = Path(__file__).parent / "data" / "judgement"
TODAY = "2026-12-01"


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    heads = list(dict.fromkeys(head for row in rows for head in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, heads, restval="")
        writer.writeheader()
        writer.writerows(rows)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def change(folder: Path, kind: str, **changed: dict[str, Any]) -> None:
    """Change rows of a file by their names."""
    rows: list[dict[str, Any]] = [row | changed.get(row["name"], {}) for row in read(folder / f"{kind}.csv")]
    write(folder / f"{kind}.csv", rows)


def loaded(store: Store, folder: Path) -> View:
    report = load([folder], store)
    assert not report.bad, report.rejected[:5]
    return under(store, today=TODAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The cases, with 邻市 beside 甲市 and the sizes of the makers of c5."""
    folder = tmp_path / "cases"
    shutil.copytree(CASES, folder)
    change(folder, "regions", 甲市={"neighbours": "cityN"})
    change(
        folder,
        "enterprises",
        巨头5={"staff": 5000, "turnover": 9e9},
        **{f"小5{number}": {"staff": 8, "turnover": 1_500_000} for number in range(3)},
    )
    return folder


@pytest.fixture
def cases(store: Store, folder: Path) -> View:
    return loaded(store, folder)


def judged(answer: WeakLinks) -> dict[str, Judged]:
    places: dict[str, Judged] = {}
    for segment in answer.segments:
        places[segment.segment] = segment
        places |= {product.product: product for product in segment.products}
    return places


def said(judgement: Judged) -> str:
    return "\n".join(judgement.reasons)


def test_every_case_is_answered_as_an_analyst_would(cases: View) -> None:
    places = {chain: judged(weak_links(cases, chain)) for chain in [f"c{number}" for number in range(1, 15)] + ["c3b"]}
    c1 = places["c1"]["P1"]
    assert (c1.state, [firm.name for firm in c1.firms]) == ("弱链", ["F1"])
    assert "图中别处也没有登记到" in said(c1)

    c2 = places["c2"]["P2"]
    assert c2.state == "缺链"
    assert c2.distance is not None
    assert (c2.distance.ring, [maker.firm.name for maker in c2.distance.firms]) == ("周边城市", ["F20", "F21", "F22"])
    assert all(name in said(c2) for name in ("F20", "F21", "F22", "周边城市", "邻市乙区"))
    assert "别处也没有" not in said(c2)

    c3 = places["c3"]
    assert (c3["A3"].state, c3["B3"].state) == ("缺链", "强链")
    assert "离不开它的产品 1 种：X3" in said(c3["A3"])
    assert "必需的A3查过没有本地企业" in said(c3["X3"])
    assert "H30" in said(c3["X3"])
    assert "强链" not in (c3["环3投入"].state, c3["环3成品"].state)

    c3b = places["c3b"]
    assert {c3b[name].state for name in ("A3b", "B3b")} == {"缺链"}
    assert all("离不开它的产品 1 种：X3b" in said(c3b[name]) for name in ("A3b", "B3b"))
    assert "A3b或B3b" in said(c3b["X3b"])
    assert c3b["环3b成品"].state != "强链"

    assert {name: places["c4"][name].state for name in ("A4", "B4", "C4")} == {"A4": "弱链", "B4": "缺链", "C4": "缺链"}

    giant, unneeded = places["c5"]["G5"], places["c6"]["N6"]
    assert giant.state == "弱链"
    assert giant.score is not None
    assert unneeded.score is not None
    assert giant.score >= unneeded.score + 20
    assert places["c5"]["T5"].state == places["c5"]["环5小"].state == "弱链"
    assert "微型" in said(places["c5"]["T5"])

    assert unneeded.state == "缺链"
    assert unneeded.score < 20
    assert "没有登记到本地谁需要它" in said(unneeded)

    assert places["c7"]["P7"].state == "缺链"
    assert "终止" in said(places["c7"]["P7"])
    assert "F7" in said(places["c7"]["P7"])

    for c8 in (places["c8"]["P8"], places["c8"]["环8"]):
        assert c8.state == "缺链"
        assert [(one.project.name, one.stage, one.amount, one.uncertain) for one in c8.under_way] == [
            ("项目8", "在建", 5e9, False)
        ]
        assert "项目8" in said(c8)

    c9 = places["c9"]["P9"]
    assert c9.state == "缺链"
    assert c9.distance is not None
    assert (c9.distance.ring, c9.distance.count) == ("周边城市", 5)
    assert "邻市" in said(c9)

    c10 = places["c10"]
    assert [[firm.name for firm in c10[name].firms] for name in ("PA10", "PB10")] == [["F10"], ["F10"]]
    assert "F10" in said(c10["PB10"])

    c11 = places["c11"]["P11"]
    assert c11.state == "未知"
    assert "到期" in said(c11)

    c12 = places["c12"]
    assert (c12["P12"].state, c12["环12"].state) == ("未知", "未知"), "nobody looked: one source is known, not three"
    assert "同属母12，算一家来源" in said(c12["P12"])

    c13 = places["c13"]
    assert (c13["D13"].state, c13["环13"].state) == ("缺链", "弱链")

    assert {places["c14"][f"P14{number}"].state for number in range(9)} == {"未知"}
    assert said(places["c14"]["环14"]).count("含糊14") == 1


def test_the_investor_of_a_project_under_way_is_no_target(cases: View) -> None:
    answer = list_targets(cases, "c8", 20)
    assert [target.firm.name for target in answer.targets] == []
    assert "项目8" in next(firm.why_not for firm in answer.excluded if firm.firm.name == "投8")


def test_a_gap_with_makers_next_door_presses_less(store: Store, folder: Path, tmp_path: Path) -> None:
    def score(view: View) -> float:
        score = judged(weak_links(view, "c9"))["P9"].score
        assert score is not None
        return score

    near = score(loaded(store, folder))
    write(folder / "enterprises.csv", [row for row in read(folder / "enterprises.csv") if "F9" not in row["name"]])
    assert near < score(loaded(open_store(f"ladybug://{tmp_path}/none.lbug"), folder))


def test_a_product_asked_for_by_itself_is_missing_though_a_firm_of_its_segment_is_vague(
    store: Store, folder: Path
) -> None:
    asked = {"name": "V140", "products": "P140", "region": "cityT", "as_of": "2026-06", "source": "t"}
    rows: list[dict[str, Any]] = [*read(folder / "coverages.csv"), asked | {"status": "reported"}]
    write(folder / "coverages.csv", rows)
    places = judged(weak_links(loaded(store, folder), "c14"))
    assert (places["P140"].state, places["P141"].state) == ("缺链", "未知")
