"""Words and their codes: what JSON says in Chinese has beside it a code by which programs can filter."""

import ast
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any, get_args, get_origin

import pytest
from view_parts import under

from graph.stores import Store
from queries.core.answers import Answer, Named, SupplyEdge, Term
from queries.core.reason import OTHERS, Catalogue, Names, Reason
from queries.gaps.answers import Action, Gap, State
from queries.gaps.weak_links import weak_links
from queries.openings.answers import Opening, Stage
from queries.openings.lists import chain_opportunities
from queries.targets.chain import list_targets

ROOT = Path(__file__).resolve().parent.parent


def terms() -> list[type[Term]]:
    """Return every closed set of words."""
    return Term.__subclasses__()


def things_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a piece of JSON."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from things_in(part)


def test_no_word_means_two_things_and_no_code_two_words() -> None:
    assert {State, Action, Stage} <= set(terms())
    for kind in terms():
        assert len({*kind}) == len(kind.__members__), kind
        assert all(code.isascii() and not code.isupper() for code in kind.__members__), kind
    assert not set(State) & {str(action) for action in Action}


def test_a_word_is_its_chinese_and_its_code_stands_beside_it() -> None:
    gap = Gap.model_validate({"product": "件", "product_id": "p", "state": "缺链", "reason": "没有"})
    assert (gap.state, f"{gap.state}", json.loads(gap.model_dump_json())["state_code"]) == (
        State.missing,
        "缺链",
        "missing",
    )
    told = Gap.model_json_schema(mode="serialization")["properties"]["state_code"]
    assert told["enum"] == [*State.__members__]


def test_every_field_that_holds_a_word_has_its_code_and_no_other_answer_pays_for_it() -> None:
    def kinds(of: type[Answer]) -> Iterator[type[Answer]]:
        for kind in of.__subclasses__():
            yield kind
            yield from kinds(kind)

    for kind in kinds(Answer):
        hints = {name: field.annotation for name, field in kind.model_fields.items()}
        said = {name: hint for name, hint in hints.items() if {hint, *get_args(hint)} & {*terms(), Reason}}
        worded = {
            f"{name.removesuffix('s')}_codes" if get_origin(hint) is list else f"{name}_code"
            for name, hint in said.items()
        }
        assert worded <= set(kind.model_computed_fields), kind
    assert SupplyEdge.model_computed_fields == {}
    assert {"fit_code", "stage_code"} <= set(Opening.model_computed_fields)


def test_states_and_actions_of_the_seeds_can_be_filtered_by_code(seeded_store: Store) -> None:
    answer = json.loads(weak_links(under(seeded_store), "integrated-circuits").model_dump_json())
    judged = [place for place in things_in(answer) if "action" in place]
    assert {place["state_code"] for place in judged} == {"missing", "weak", "strong", "unknown"}
    assert {(place["state_code"], place["action"]) for place in judged if place["state_code"] == "weak"} == {
        ("weak", "扶持扩产")
    }
    assert all(
        (place["state_code"], place["action_code"]) == (State(place["state"]).name, Action(place["action"]).name)
        for place in judged
    )


QUERIES = Path(__file__).resolve().parent.parent / "queries"
ROOMS = sorted(path.parent.name for path in QUERIES.glob("*/words.toml"))


def sample(spec: str) -> Any:
    """Return a parameter that a catalogue can render by a format."""
    return ["甲", "乙", "丙", "丁", "戊", "己"] if "#" in spec or spec == "tail" else 0.25 if spec else "甲"


@pytest.mark.parametrize("room", ROOMS)
def test_every_code_of_a_catalogue_is_worded_and_said_somewhere(room: str) -> None:
    say = Catalogue(room)
    for code, text in say.texts.items():
        asked = {name: sample(spec or "") for _, name, spec, _ in Formatter().parse(text) if name}
        reason = say(code, **asked)
        assert (reason.code, say(code, **reason.params)) == (code, reason)
        assert reason.strip(" ;,:{}") == reason != "", code
    assert len(set(say.texts.values())) == len(say.texts), "one text has one code"
    every = [
        node.value
        for path in QUERIES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
    ]
    assert [code for code in say.texts if code not in every] == [], "a text that nobody says"
    with pytest.raises(KeyError):
        say("no such code")


def test_names_in_a_sentence() -> None:
    few, many = Names(("甲", "乙")), Names(("甲", "乙", "丙", "丁", "戊", "己"))
    assert (f"{Names():tail}", f"{few:tail}", f"{many:tail}") == ("", "：甲、乙", "：甲、乙、丙、丁、戊 等")
    assert (f"{few:等 # 家}", f"{many:等 # 家}", f"{many}") == ("甲、乙", "甲、乙、丙等 6 家", "甲、乙、丙、丁、戊")


def test_a_reason_is_its_text_and_keeps_its_code() -> None:
    reason = Catalogue("gaps")("firms_moved", before=4, after=1)
    assert reason == "本地做它的企业 4 家变为 1 家"
    assert (reason.code, reason.params) == ("firms_moved", {"before": 4, "after": 1})
    again = pickle.loads(pickle.dumps(reason))
    assert (again, again.code, again.params) == (reason, reason.code, reason.params)
    assert Reason("人写的").code == OTHERS


def test_the_reasons_of_the_seeds_have_codes(seeded_store: Store) -> None:
    view, worded = under(seeded_store), {room: Catalogue(room).texts for room in ROOMS}
    gaps = json.loads(weak_links(view, "integrated-circuits").model_dump_json())
    judged = [place for place in things_in(gaps) if "action" in place]
    for one in judged:
        assert len(one["reasons"]) == len(one["reason_codes"]) > 0
        assert {
            *one["reason_codes"],
            one["action_reason_code"],
            *(part["reason_code"] for part in one["parts"]),
        } <= set(worded["gaps"])
    assert [place["reason_codes"] for place in judged if "no_local_firms" in place["reason_codes"]]
    chains = [Named(id="integrated-circuits", name="集成电路"), Named(id="smart-appliances", name="智能家电")]
    rows = [row for chain in chains for rows in chain_opportunities(view, chain).lists().values() for row in rows]
    told = [row.model_dump(mode="json") for row in rows]
    assert all(
        len(row["why"]) == len(row["why_codes"]) and len(row["against"]) == len(row["against_codes"]) for row in told
    )
    known = {*worded["openings"], *worded["gaps"], OTHERS}
    assert {code for row in told for code in (*row["why_codes"], *row["against_codes"])} <= known
    assert {code for row in told for candidate in row["candidates"] for code in [candidate["why_code"]]} <= known
    assert any("segments" in row["why_codes"] for row in told)
    targets = json.loads(list_targets(view, "integrated-circuits", 20).model_dump_json())
    assert targets["targets"]
    for one in targets["targets"]:
        assert (len(one["why"]), len(one["why_not"])) == (len(one["why_codes"]), len(one["why_not_codes"]))
        assert {*one["why_codes"], *one["why_not_codes"], *(gap["reason_code"] for gap in one["gaps"])} <= set(
            worded["targets"]
        )
    assert all(
        target["why_not_codes"] and {*target["why_not_codes"]} <= set(worded["targets"])
        for target in targets["excluded"]
    )
    assert all("segments" not in [reason.code for reason in row.grounds()] for row in rows)


def test_a_public_class_has_its_name_for_itself() -> None:
    """The nodes of Cypher's grammar are called as the grammar calls them."""
    named: dict[str, list[str]] = {}
    for package in ("graph", "loaders", "queries", "api"):
        for path in (ROOT / package).rglob("*.py"):
            if "cypher" not in path.parts:
                names = (
                    node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ClassDef)
                )
                for name in names:
                    named.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in named.items() if len(paths) > 1 and not name.startswith("_")} == {}
