"""Words and their codes: what JSON says in Chinese has beside it a code by which programs can filter."""

import json
from collections.abc import Iterator
from typing import Any, get_args

from view_parts import under

from graph.stores import Store
from queries.core.answers import Answer, SupplyEdge, Term
from queries.gaps.answers import Action, Gap, State
from queries.gaps.weak_links import weak_links
from queries.openings.answers import Opening, Stage


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
    assert (gap.state, f"{gap.state}", json.loads(gap.model_dump_json())["state_code"]) == (State.missing, "缺链", "missing")
    told = Gap.model_json_schema(mode="serialization")["properties"]["state_code"]
    assert told["enum"] == [*State.__members__]


def test_every_field_that_holds_a_word_has_its_code_and_no_other_answer_pays_for_it() -> None:
    def kinds(of: type[Answer]) -> Iterator[type[Answer]]:
        for kind in of.__subclasses__():
            yield kind
            yield from kinds(kind)

    for kind in kinds(Answer):
        worded = {f"{name}_code" for name, one in kind.model_fields.items() if {one.annotation, *get_args(one.annotation)} & {*terms()}}
        assert worded <= set(kind.model_computed_fields), kind
    assert SupplyEdge.model_computed_fields == {}
    assert {"fit_code", "stage_code"} <= set(Opening.model_computed_fields)


def test_states_and_actions_of_the_seeds_can_be_filtered_by_code(seeded_store: Store) -> None:
    answer = json.loads(weak_links(under(seeded_store), "integrated-circuits").model_dump_json())
    judged = [one for one in things_in(answer) if "action" in one]
    assert {one["state_code"] for one in judged} == {"missing", "weak", "strong", "unknown"}
    assert {(one["state_code"], one["action"]) for one in judged if one["state_code"] == "weak"} == {("weak", "扶持扩产")}
    assert all((one["state_code"], one["action_code"]) == (State(one["state"]).name, Action(one["action"]).name) for one in judged)
