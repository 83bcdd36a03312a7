"""Names to firms: which firm a short name means, how sure that is, and what it never mixes up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.names import ARCHIVE, made_up, read_pairs
from graph.names.index import LOOKED_AT, NameIndex
from graph.names.names import FORMS, FirmName, normalise

HAIER, HISENSE = "青岛海尔模具有限公司", "青岛海信模具有限公司"
SIFANG = "中车青岛四方机车车辆股份有限公司"
RAIL = (SIFANG, "青岛四方法维莱轨道制动有限公司", "中国中车股份有限公司", "青岛思锐科技有限公司", HAIER, HISENSE)

Pairs = tuple[list[tuple[str, set[str]]], list[str]]


def index(*names: str) -> NameIndex:
    return NameIndex(names, names)


def sure(known: NameIndex, text: str) -> str | None:
    return next((item.id for item in known.find(text) if item.sure), None)


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("中车四方", SIFANG),
        ("四方法维莱", "青岛四方法维莱轨道制动有限公司"),
        ("中国中车", "中国中车股份有限公司"),
        ("海尔模具", HAIER),
        ("青岛海尔模具", HAIER),
        ("海尔模具（青岛）", HAIER),
        ("青岛市海信模具有限公司", HISENSE),
        (HAIER, HAIER),
    ],
)
def test_a_short_form_of_one_firm_is_sure(text: str, firm: str) -> None:
    assert sure(index(*RAIL), text) == firm
    assert index(*RAIL).find(text)[0].id == firm


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("海模具", "各字依次见于名称"),  # of both
        ("模具", "2/2 个字依次相同(模具)"),
        ("青岛海尔模具股份有限公司", "去掉地名与公司形式后名称相同,地名相同,公司形式不同"),
        ("上海海尔模具有限公司", "去掉地名与公司形式后名称相同,地名不同"),
        ("四方机车", "4/4 个字依次相同(四方机车)"),  # begins otherwise
    ],
)
def test_what_is_less_than_sure_is_listed_with_why(text: str, why: str) -> None:
    answer = index(*RAIL).find(text)
    assert answer[0].reason == why
    assert not any(item.sure for item in answer)


@pytest.mark.parametrize("text", ["", " ", "没有这家", "有限公司", "\ud800", "abc", "·"])
def test_what_is_like_nothing_finds_nothing_sure(text: str) -> None:
    assert sure(index(*RAIL), text) is None
    assert NameIndex([], []).find(text) == []


def test_of_names_that_share_less_than_half_nothing_is_said() -> None:
    """思 is in 思锐, 维 in 法维莱: half of 思维 by weight, and less with what it is to stand side by side; of 思锐维 most is in one name."""
    assert index(*RAIL).find("思维") == []
    assert [item.id for item in index(*RAIL).find("思锐维")] == ["青岛思锐科技有限公司"]


def test_a_contraction_of_two_firms_is_not_sure() -> None:
    assert sure(index(SIFANG, "中车四方车辆有限公司"), "中车四方") is None
    assert sure(NameIndex(["x", "x"], [SIFANG, "中车四方车辆有限公司"]), "中车四方") == "x"


@pytest.mark.parametrize(
    "other", ["新中车四方车辆有限公司", "大华中通车联四海方圆有限公司", "北京新中车四方科技有限公司"]
)
def test_a_contraction_of_one_that_begins_alike_and_one_that_does_not_is_not_sure(other: str) -> None:
    """Both hold every character in order; that one begins alike puts it first, but does not make it the only one that may be meant."""
    for names in ((SIFANG, other), (other, SIFANG)):
        answer = index(*names).find("中车四方")
        assert [item.sure for item in answer] == [False, False]
        assert answer[0].id == SIFANG
    assert sure(index(SIFANG), "中车四方") == SIFANG


def test_a_sign_of_a_province_counts_as_its_name() -> None:
    answer = index("重庆农村商业银行股份有限公司", "上海农村商业银行股份有限公司").find("渝农商行")
    assert answer[0].id == "重庆农村商业银行股份有限公司"


CORES = st.text("海尔信模具四方车辆机电", min_size=2, max_size=6)


@given(CORES, CORES, st.sampled_from(FORMS), st.sampled_from(["青岛", "青岛市", "上海", ""]))
def test_a_full_name_never_surely_means_a_firm_of_another_core(one: str, other: str, form: str, place: str) -> None:
    known = index(f"{place}{one}{form}")
    assert sure(known, f"{place}{other}{form}") == (f"{place}{one}{form}" if one == other else None)


@given(st.lists(st.text(max_size=12), max_size=8), st.text(max_size=12))
def test_any_text_is_ranked_once_and_the_same_in_any_order(words: list[str], text: str) -> None:
    ids = [f"f{number % 3}" for number in range(len(words))]
    answer = NameIndex(ids, words).find(text)
    assert [item.id for item in answer] == list(dict.fromkeys(item.id for item in answer))
    assert all(0 <= item.score <= 1 for item in answer)
    assert sum(item.sure for item in answer) <= 1
    turned = NameIndex(ids[::-1], words[::-1]).find(text)
    assert [(item.id, item.score, item.sure) for item in turned] == [
        (item.id, item.score, item.sure) for item in answer
    ]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    """One pair for each of the 4,586 codes: the short name of its first row, and every full name that its rows give; all full names."""
    if not ARCHIVE.exists():
        pytest.skip("the real ChainKnowledgeGraph is not at hand (no licence: never copied into the project)")
    return read_pairs(ARCHIVE)


def test_short_names_find_their_full_names(pairs: Pairs) -> None:
    asked, names = pairs
    assert (len(asked), len(names)) == (4586, 4654)
    known = index(*names)
    answers = [known.find(short, 10) for short, _ in asked]
    first = [bool(answer) and answer[0].id in full for answer, (_, full) in zip(answers, asked, strict=True)]
    told = [
        (item.id, full) for answer, (_, full) in zip(answers, asked, strict=True) for item in answer[:1] if item.sure
    ]
    assert sum(first) / len(first) >= 0.96
    assert sum(first[1::2]) / len(first[1::2]) >= 0.96  # the half that the weights were not set on
    assert len(told) / len(asked) >= 0.65
    assert sum(id in full for id, full in told) / len(told) >= 0.995


def test_a_name_whose_firm_is_not_known_is_seldom_sure_of_another(pairs: Pairs) -> None:
    asked, names = pairs
    without = [(short, full) for short, full in asked if normalise(short)][::40]
    wrong = sum(
        sure(index(*(name for name in names if name not in full)), short) is not None for short, full in without
    )
    assert wrong / len(without) <= 0.03


def test_of_a_hundred_thousand_names_few_are_compared_sign_by_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is what an answer costs; how many seconds it takes is measured by ``make bench``."""
    names = made_up(100_000)
    known = index(*names)
    compared: list[int] = []
    score = NameIndex._score

    def counted(self: NameIndex, asked: str, parts: FirmName, weights: list[float], row: int) -> float:
        compared.append(row)
        return score(self, asked, parts, weights, row)

    monkeypatch.setattr(NameIndex, "_score", counted)
    for name in names[:50]:
        compared.clear()
        assert known.find(name)[0].name == name
        assert 0 < len(compared) <= LOOKED_AT
