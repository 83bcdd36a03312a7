"""The matcher's grams and index: counted plainly, brought up to date, kept and read back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_parts import grams, some_offers

from graph.errors import InputError
from queries.matching import index as indexing
from queries.matching.grams import count, gram_keys, plain, shared_words
from queries.matching.index import MATRICES, OfferIndex, build, load, save
from queries.matching.offers import Offer


def same(left: OfferIndex, right: OfferIndex) -> None:
    assert (left.suppliers, left.names, left.industries, left.products) == (
        right.suppliers,
        right.names,
        right.industries,
        right.products,
    )
    np.testing.assert_array_equal(left.marks, right.marks)
    np.testing.assert_array_equal(left.vocabulary, right.vocabulary)
    for name in MATRICES:
        np.testing.assert_array_equal(getattr(left, name).toarray(), getattr(right, name).toarray(), err_msg=name)


@given(st.lists(st.text(max_size=8), max_size=6))
def test_counts_are_those_of_characters_and_pairs(texts: list[str]) -> None:
    keys = {gram: int(gram_keys([gram])[0][-1]) for text in texts for gram in grams(text)}
    assert len(set(keys.values())) == len(keys)
    counts = count(texts, np.unique(np.array(list(keys.values()), np.int64)))
    at = {gram: sorted(keys.values()).index(key) for gram, key in keys.items()}
    for row, text in enumerate(texts):
        assert {gram: counts[row, place] for gram, place in at.items() if counts[row, place]} == grams(text)


def test_grams_outside_the_vocabulary_are_left_out() -> None:
    vocabulary = np.unique(gram_keys(["电池"])[0])
    assert count(["电电池", "钢", ""], vocabulary).sum(axis=1).ravel().tolist() == [[4, 0, 0]]


@pytest.mark.parametrize("text", ["5G 通信\t设备", "５ｇ通信设备", "5g\u3000通\n信设\x00备", "5G通信设备"])
def test_plain_text_is_the_same_however_it_is_typed(text: str) -> None:
    assert plain(text) == "5g通信设备"


@pytest.mark.parametrize(
    ("need", "text", "shared"),
    [
        ("动力电池", "锂动力电池组", ["动力电池"]),
        ("动力电池", "电池动力", ["动力", "电池"]),
        ("电池", "电", []),
        ("电池钢电池板", "电池板", ["电池板"]),
        ("", "电池", []),
        ("ababab", "ab", ["ab"]),
    ],
)
def test_shared_words(need: str, text: str, shared: list[str]) -> None:
    assert shared_words(need, text) == shared


@given(st.text("abc", max_size=9), st.text("abc", max_size=9))
def test_shared_words_are_in_both_and_none_inside_another(need: str, text: str) -> None:
    shared = shared_words(need, text)
    assert all(len(word) > 1 and word in need and word in text for word in shared)
    assert not any(word != longer and word in longer for word in shared for longer in shared)
    assert bool(shared) == any(need[at : at + 2] in text for at in range(len(need) - 1))


@given(some_offers(), st.integers(1, 4))
def test_batches_make_no_difference(offers: list[Offer], batch: int) -> None:
    whole = build(offers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "BATCH", batch)
        same(build(offers), whole)
    same(build(offers[::-1]), whole)


@given(some_offers(), some_offers(), st.data())
def test_a_known_index_brought_up_to_date_is_the_one_built_anew(
    before: list[Offer], fresh: list[Offer], data: st.DataObject
) -> None:
    stay = [offer for offer in before if data.draw(st.booleans())]
    now = list({offer.supplier: offer for offer in [*stay, *fresh]}.values())
    same(build(now, build(before)), build(now))


@given(some_offers())
def test_unchanged_offers_return_the_same_object(offers: list[Offer]) -> None:
    known = build(offers)
    assert build(offers[::-1], known) is known


@given(some_offers())
def test_the_mark_tells_every_change(offers: list[Offer]) -> None:
    offer = offers[0]
    others = [
        replace(offer, supplier="其他"),
        replace(offer, name=offer.name + "x"),
        replace(offer, industry=(*offer.industry, "x")),
        replace(offer, products=(*offer.products, ("x", 0.5))),
    ]
    assert offer.mark not in {changed.mark for changed in others}
    assert replace(offer).mark == offer.mark


def test_no_offers_at_all_is_told() -> None:
    with pytest.raises(InputError, match="没有一条可用的供给"):
        build([])
    with pytest.raises(InputError, match="没有一条可用的供给"):
        build([], build([Offer("a", "甲", (), ())]))


@settings(max_examples=25)
@given(some_offers())
def test_what_is_saved_is_what_is_loaded(tmp_path_factory: pytest.TempPathFactory, offers: list[Offer]) -> None:
    folder = tmp_path_factory.mktemp("index") / "deep"
    known = build(offers)
    save(known, folder)
    loaded = load(folder)
    assert loaded is not None
    same(loaded, known)
    assert [file.name for file in folder.iterdir()] == ["offers.npz"]
    assert build(offers, loaded) is loaded


def test_a_damaged_or_missing_index_is_none_and_never_wrong(tmp_path: Path) -> None:
    known = build([Offer("a", "甲公司", ("电池",), (("电池", 0.5),)), Offer("b", "乙", (), (("钢", 1.0),))])
    assert load(tmp_path) is None
    save(known, tmp_path)
    file = tmp_path / "offers.npz"
    data = file.read_bytes()
    for cut in range(0, len(data), 97):
        file.write_bytes(data[:cut])
        assert load(tmp_path) is None, cut
    for at in range(0, len(data), 11):
        file.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        if (loaded := load(tmp_path)) is not None:  # a date in the archive, say
            same(loaded, known)


def test_an_index_of_another_version_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(indexing, "FORMAT", indexing.FORMAT + 1)
        save(build([Offer("a", "甲", (), ())]), tmp_path)
        assert load(tmp_path) is not None
    assert load(tmp_path) is None
