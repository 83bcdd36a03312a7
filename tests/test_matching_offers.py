"""What the matcher reads: good rows come through, each bad one is told with its file and row."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from queries.matching.derived import derive
from queries.matching.index import build
from queries.matching.offers import NEED_FORM, OFFER_FORM, Need, Offer, Rows, read_needs, read_offers
from queries.matching.ranker import rank

GOOD = (
    '{"supplier": "g%d", "name": "企业%d", "industry": ["电池"], "products": [{"name": "电池", "weight": 0.5}, "钢"]}'
)


def offers_of(path: Path, *lines: str | bytes) -> tuple[list[Offer], list[str]]:
    path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else line.encode("utf-8", "surrogatepass") for line in lines)
    )
    rows = Rows(path, OFFER_FORM)
    return list(read_offers(rows)), rows.bad


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "不是一个 JSON 对象,或含半个字符"),
        ("[]", "不是一个 JSON 对象,或含半个字符"),
        (b"\xff\xfe", "不是一个 JSON 对象,或含半个字符"),
        ("[" * 100_000, "不是一个 JSON 对象,或含半个字符"),
        ('{"supplier": "1", "name": "\\ud83d", "products": []}', "不是一个 JSON 对象,或含半个字符"),
        ('{"name": "甲", "products": []}', "supplier 应是非空的文字,这里是 null"),
        ('{"supplier": " ", "name": "甲", "products": []}', "supplier 应是非空的文字"),
        ('{"supplier": 7, "name": "甲", "products": []}', "supplier 应是非空的文字,这里是 7"),
        ('{"supplier": "g1", "name": "甲", "products": []}', "supplier g1 已经出现过"),
        ('{"supplier": "1", "products": []}', "name 应是文字"),
        ('{"supplier": "1", "name": "甲"}', "products 应是列表"),
        ('{"supplier": "1", "name": "甲", "products": {}}', "products 应是列表"),
        ('{"supplier": "1", "name": "甲", "industry": "电池", "products": []}', "industry 与 products 应是列表"),
        ('{"supplier": "1", "name": "甲", "industry": [1], "products": []}', "products 的每一项"),
        ('{"supplier": "1", "name": "甲", "products": [3]}', "products 的每一项应有文字 name"),
        ('{"supplier": "1", "name": "甲", "products": [{"name": null}]}', "products 的每一项应有文字 name"),
        ('{"supplier": "1", "name": "甲", "products": [{"name": "a", "weight": "1"}]}', "数字 weight"),
        ('{"supplier": "1", "name": "甲", "products": [{"name": "a", "weight": NaN}]}', "数字 weight"),
        ('{"supplier": "1", "name": "甲", "products": [{"name": "a", "weight": true}]}', "数字 weight"),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_go_on(tmp_path: Path, line: str | bytes, reason: str) -> None:
    path = tmp_path / "供给.jsonl"
    offers, bad = offers_of(path, GOOD % (1, 1), line, "", GOOD % (2, 2))
    assert [offer.supplier for offer in offers] == ["g1", "g2"]
    assert offers[0] == Offer("g1", "企业1", ("电池",), (("电池", 0.5), ("钢", 1.0)))
    assert len(bad) == 1
    assert bad[0].startswith(f"{path}: 第 2 行: ")
    assert reason in bad[0]
    assert bad[0].endswith(f";应形如 {OFFER_FORM}")


@pytest.mark.parametrize(
    ("weight", "read"),
    [("-1", 0.0), ("2", 1.0), ("1e400", 1.0), ("-1e400", 0.0), ("1" + "0" * 400, 1.0), ("0.25", 0.25), ("1", 1.0)],
)
def test_a_weight_outside_its_bounds_is_brought_inside(tmp_path: Path, weight: str, read: float) -> None:
    offers, bad = offers_of(
        tmp_path / "a",
        f'\ufeff{{"supplier": "1", "name": "甲", "products": [{{"name": " a ", "weight": {weight}}}, " "]}}',
    )
    assert [offer.products for offer in offers] == [(("a", read),)]
    assert bad == []


@settings(max_examples=60)
@given(
    st.lists(
        st.binary(max_size=30)
        | st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["supplier", "name", "products", "weight"]), inner)
            ),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
        max_size=8,
    )
)
def test_garbage_never_raises_and_loses_nothing(tmp_path_factory: pytest.TempPathFactory, garbage: list[bytes]) -> None:
    lines = [
        part
        for place, line in enumerate(garbage)
        for part in (line.replace(b"\n", b""), (GOOD % (place, place)).encode())
    ]
    offers, bad = offers_of(tmp_path_factory.mktemp("garbage") / "a.jsonl", *lines)
    read = {offer.supplier for offer in offers}
    assert {f"g{place}" for place in range(len(garbage))} <= read
    assert len(offers) + len(bad) + sum(not line.strip() for line in lines) == len(lines)
    "".join([*bad, *(offer.name for offer in offers)]).encode()
    if offers:
        rank(derive(build(offers)), Need("n", "电池"), 3)


def test_needs_and_their_bad_rows(tmp_path: Path) -> None:
    path = tmp_path / "needs.jsonl"
    lines = (
        '{"need": "1", "text": "电池", "firm": "s1"}',
        '{"need": "2", "text": " "}',
        '{"need": "1", "text": "钢"}',
        '{"text": "钢"}',
        '{"need": "3", "text": 3}',
        '{"need": "4"}',
        '{"need": "5", "text": "钢", "firm": 5}',
    )
    path.write_text("\n".join(lines), "utf-8")
    rows = Rows(path, NEED_FORM)
    assert list(read_needs(rows)) == [Need("1", "电池", "s1"), Need("5", "钢")]
    wanted = (
        "need 2 没有需求文字",
        "need 1 已经出现过",
        "need 应是非空的文字",
        "text 应是非空的文字,这里是 3",
        "text 应是非空的文字,这里是 null",
    )
    assert len(rows.bad) == len(wanted)
    for place, (told, words) in enumerate(zip(rows.bad, wanted, strict=True), 2):
        assert told.startswith(f"{path}: 第 {place} 行: {words}")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="读不了这个文件"):
        list(read_offers(Rows(tmp_path / "none.jsonl", OFFER_FORM)))
