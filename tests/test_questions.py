"""A question is declared once: a toy one, of each shape, is asked by command and by route, and tells what it takes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote

import pytest
import typer
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from test_cli import run
from typer.testing import CliRunner

from api.app import create_app
from api.core.asked import add_commands
from api.core.http import refuse_unknown
from api.core.page import add_pages
from api.core.routes import router_of
from graph.settings import Settings
from graph.stores import Store
from queries.core.answers import Answer, Named
from queries.core.question import Choice, Question, Word, question
from queries.core.table import Column, Table
from queries.core.view import View
from queries.names.arguments import Chain, Firm
from queries.questions import QUESTIONS


class Toy(Answer):
    """What the toy questions were asked."""

    name: str
    number: int = 0
    others: tuple[str, ...] = ()


def _print(answer: Any, loud: Annotated[bool, Word("大写")] = False) -> Table[Any]:
    items = answer if isinstance(answer, list) else [answer]
    columns = [
        Column[Any]("名称" + ("!" if loud else ""), lambda toy: toy.name),
        Column[Any]("数", lambda toy: toy.number),
    ]
    return Table("toy", "玩具", columns, items)


def _second_half(view: View, word: str, earlier: Mapping[str, Any]) -> Named:
    return Named(id=word, name=f"{earlier['chain'].name}/{word}")


@question("toy-place", "toys/{chain}/place", group="玩具", table=_print)
def toy_place(
    view: View,
    chain: Chain,
    place: Annotated[Named, Word("环节", "PLACE", _second_half)],
    number: Annotated[int, Word(low=1, high=9)] = 3,
) -> Toy:
    """玩具: 一个地方,要先知道它的链。"""
    return Toy(name=place.name, number=number)


@question(
    "toy-two",
    "toys/chains/{chain}",
    "toys/firms/{firm}",
    group="玩具",
    choice=Choice(("chain", "firm"), required=True),
    table=_print,
)
def toy_two(view: View, chain: Chain | None = None, firm: Firm | None = None, more: list[Firm] | None = None) -> Toy:
    """玩具: 两种对象中的一种。"""
    subject = chain or firm
    assert subject is not None
    return Toy(name=subject.name, others=tuple(toy.name for toy in more or []))


@question("toy-body", "toys/body", group="玩具", post=True, table=_print)
def toy_body(
    view: View,
    text: Annotated[str, Word("一段话", longest=9)],
    extra: dict[str, Any] = {},  # noqa: B006
    big: bool = False,
) -> Toy:
    """玩具: 用正文问。"""
    return Toy(name=text.upper() if big else text, number=len(extra))


@question("toy-list", "toys", group="玩具", most=2, table=_print)
def toy_list(view: View) -> list[Toy]:
    """玩具: 很长的一列。"""
    return [Toy(name=f"第{number}", number=number) for number in range(5)]


@question("toy-bare", "toys/bare", group="玩具", table=_print)
def toy_bare(number: Annotated[int, Word("一个数", high=9)]) -> Toy:
    """玩具: 不问图。"""
    return Toy(name="数", number=number)


TOYS: tuple[Question[Any], ...] = (toy_place, toy_two, toy_body, toy_list, toy_bare)


@pytest.fixture
def toys(seeded_store: Store) -> TestClient:
    """A client of an application that has the toy questions too."""
    app: FastAPI = create_app(seeded_store, Settings(cache_mb=0))
    app.include_router(router_of(TOYS), dependencies=[Depends(refuse_unknown)])
    app.router.routes[:] = app.router.routes[::-1]  # the order of the routes means nothing
    return TestClient(app, raise_server_exceptions=False)


def ask(toys: TestClient, address: str, **body: Any) -> Any:
    """What an address below the API answers."""
    answer = toys.post(f"/api/v1/{address}", json=body) if body else toys.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def say(store: str, *words: str, code: int = 0) -> str:
    """What a toy command prints."""
    app = typer.Typer()
    add_commands(app, TOYS, {}, {})
    done = CliRunner().invoke(app, list(words), env={"LIANZHANG_STORE": store})
    assert done.exit_code == code, done.output
    return done.stdout


def test_a_place_that_needs_its_chain_first(toys: TestClient, seeded_store_url: str) -> None:
    expected = {"name": "集成电路/甲", "number": 7, "others": []}
    assert ask(toys, "toys/集成电路/place?place=甲&number=7") == expected
    assert (
        json.loads(say(seeded_store_url, "toy-place", "集成电路", "甲", "--number", "7", "--format", "json"))
        == expected
    )
    for wrong in ("", "?place=", "?place=甲&number=10", "?place=甲&numbre=1"):
        assert toys.get(f"/api/v1/toys/集成电路/place{wrong}").status_code == 422
    say(seeded_store_url, "toy-place", "集成电路", "甲", "--number", "10", code=2)


def test_one_of_two_subjects(toys: TestClient, seeded_store_url: str) -> None:
    assert ask(toys, "toys/chains/集成电路")["name"] == "集成电路"
    assert (
        ask(toys, "toys/firms/示例空调?more=示例空调&more=示例空调")["others"]
        == [ask(toys, "toys/firms/示例空调")["name"]] * 2
    )
    assert toys.get("/api/v1/toys/chains/集成电路?firm=x").status_code == 422
    assert json.loads(say(seeded_store_url, "toy-two", "--chain", "集成电路", "--format", "json"))["name"] == "集成电路"
    for wrong in ([], ["--chain", "集成电路", "--firm", "示例空调"]):
        say(seeded_store_url, "toy-two", *wrong, code=2)


def test_a_body(toys: TestClient, seeded_store_url: str) -> None:
    assert ask(toys, "toys/body", text="abc", extra={"a": 1}, big=True) == {"name": "ABC", "number": 1, "others": []}
    words = ("toy-body", "abc", "--extra", "a=1", "--extra", "b=x", "--big", "--format", "json")
    assert json.loads(say(seeded_store_url, *words)) == {"name": "ABC", "number": 2, "others": []}
    for body in ({}, {"text": ""}, {"text": "0123456789"}, {"text": "a", "other": 1}):
        assert toys.post("/api/v1/toys/body", json=body).status_code == 422


def test_a_question_of_no_graph(toys: TestClient, seeded_store_url: str) -> None:
    assert (
        ask(toys, "toys/bare?number=4")["number"]
        == json.loads(say(seeded_store_url, "toy-bare", "4", "--format", "json"))["number"]
        == 4
    )


def test_a_list_has_pages_and_its_command_an_end(toys: TestClient, seeded_store_url: str) -> None:
    first = ask(toys, "toys?size=3")
    assert ([toy["number"] for toy in first["items"]], first["next"]) == ([0, 1, 2], "3")
    assert ask(toys, "toys?size=3&cursor=3") == {
        "items": [{"name": f"第{n}", "number": n, "others": []} for n in (3, 4)],
        "next": None,
    }
    assert toys.get("/api/v1/toys?cursor=x").status_code == 422
    assert [load["number"] for load in json.loads(say(seeded_store_url, "toy-list", "--format", "json"))] == [0, 1]
    assert say(seeded_store_url, "toy-list", "--most", "1", "--loud", "--format", "csv") == "名称!,数\n第0,0\n"


def test_a_page_is_made_from_a_question(seeded_store: Store) -> None:
    router, app = APIRouter(default_response_class=HTMLResponse), create_app(seeded_store, Settings())
    add_pages(
        router,
        toy_place,
        lambda visit, toy: HTMLResponse(f"{toy.name} {toy.number} {visit.links.without}"),
        without="number",
    )
    add_pages(router, toy_two, lambda _, toy: HTMLResponse(toy.name), ".txt")
    app.include_router(router, dependencies=[Depends(refuse_unknown)])
    client = TestClient(app)
    assert client.get("/toys/集成电路/place?place=甲&without=sample").text == "集成电路/甲 3 sample"
    for wrong in ("", "?place=", "?place=甲&number=4"):
        assert client.get(f"/toys/集成电路/place{wrong}").status_code == 422
    assert client.get("/toys/chains/集成电路.txt").text == "集成电路"
    assert client.get("/toys/chains/没有这条.txt").status_code == 404


def test_the_description_tells_what_a_toy_takes(toys: TestClient) -> None:
    paths = toys.get("/openapi.json").json()["paths"]
    told = {path["name"]: path for path in paths["/api/v1/toys/{chain}/place"]["get"]["parameters"]}
    assert told.keys() == {"chain", "place", "number", "without", "city"}
    assert (told["chain"]["in"], told["place"]["required"], told["number"]["schema"]["maximum"]) == ("path", True, 9)
    assert paths["/api/v1/toys/{chain}/place"]["get"]["description"] == "玩具: 一个地方,要先知道它的链。"


@given(
    id=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co"]), min_size=1, max_size=12).filter(
        lambda id: id.strip(".") and unquote(id) == id  # the test's client, unlike a server, reads %25 twice
    )
)
def test_an_id_is_one_part_of_an_address_whatever_signs_it_holds(id: str, echoing: TestClient) -> None:
    heard = echoing.get(f"/api/v1/echo/{quote(id, safe='')}/end")
    assert heard.json()["name"] == id
    assert echoing.get(f"/api/v1/echo/{quote(id, safe='')}/x/end").status_code == 404


@pytest.fixture(scope="module")
def echoing() -> TestClient:
    @question("echo", "echo/{word}/end", group="玩具", command=False)
    def echo(view: View, word: str) -> Toy:
        """回声。"""
        return Toy(name=word)

    return _client(echo)


def _client(asked: Question[Any]) -> TestClient:
    app = create_app(_Nowhere(), Settings(cache_mb=0))  # type: ignore[arg-type]
    app.include_router(router_of([asked]))
    return TestClient(app, raise_server_exceptions=False)


class _Nowhere:
    """A store that is never read."""

    url = "nowhere"

    def pinned(self) -> "_Nowhere":
        return self

    def version(self) -> str:
        return "empty"

    version_at_hand = version


def test_every_question_has_a_name_a_meaning_and_one_home() -> None:
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)
    assert all(question.help and question.group for question in QUESTIONS)
    paths = [path for question in QUESTIONS for path in question.paths]
    assert len(set(paths)) == len(paths)
    for asked in QUESTIONS:
        assert all(argument.word.help for argument in asked.arguments if argument.kind is not bool), asked.name
        assert asked.table is not None or not asked.command, asked.name


def test_commands_of_questions_print_as_they_are_told(seeded_store_url: str, tmp_path: Path) -> None:
    for name, words in (("weak-links", ["集成电路"]), ("certificate", ["集成电路", "芯片设计"]), ("structure", [])):
        heads = {
            format: run(name, *words, "--format", format, store=seeded_store_url).stdout
            for format in ("table", "csv", "json")
        }
        assert json.loads(heads["json"])
        columns = heads["csv"].partition("\n")[0].split(",")
        assert len(columns) > 2
        assert all(column in heads["table"] for column in columns), name
