"""What may not be run from outside is refused by the gate, before a store sees it: by list, and by random changes to that list."""

import random
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from cypher_parts import attack, queries, records
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.cypher import Admitted, Dialect, admit, regexes
from graph.errors import QueryError, WriteRefused
from graph.stores import Result, Store
from graph.stores.ladybug.dialect import LADYBUG
from graph.stores.neo4j_dialect import NEO4J
from graph.stores.outside import Outside
from queries.things.console import Console

DIALECTS = [pytest.param(LADYBUG, id="ladybug"), pytest.param(NEO4J, id="neo4j")]
ATTACKS = records("attacks.jsonl")
# Of these any change of case, spaces and nesting is an attack still.
CLAUSES = [
    record["text"]
    for record in ATTACKS
    if record["why"] not in ("看不懂或过大", "认不出的名称") and "//" not in re.sub(r"'[^']*'", "", record["text"])
]
REFUSALS = (WriteRefused, QueryError)


def must_not_run(admitted: Admitted, seconds: float, limit: int | None) -> Result:
    raise AssertionError(f"admitted and sent to the store: {admitted.text}")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_attack_of_the_list_is_refused_by_the_gate(dialect: Dialect) -> None:
    outcomes = attack(dialect)
    print(
        f"{dialect.name}: {outcomes.total()} attacks, {outcomes['WriteRefused'] + outcomes['QueryError']} refused by the gate"
    )
    assert set(outcomes) == {"WriteRefused", "QueryError"}, outcomes
    assert outcomes.total() == len(ATTACKS) >= 200


def test_a_store_runs_none_of_the_attacks(full_store: Store) -> None:
    before = full_store.version()
    reader = full_store.outside()
    for record in ATTACKS:
        with pytest.raises(REFUSALS):
            reader.read(record["text"], {}, seconds=5, limit=10)
    assert full_store.version() == before
    assert reader.read("MATCH (c:Chain) RETURN count(*) AS n", {}, seconds=5, limit=10).rows == [{"n": 24}]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("WITH 1 AS x WHERE x=1LOAD FROM '/etc/passwd' RETURN *", "LOAD"),
        ("EXPORT DATABASE '/tmp/x'", "EXPORT"),
        ("IMPORT DATABASE '/tmp/x'", "IMPORT"),
        ("USE neo4j MATCH (n) RETURN n", "USE"),
        ("CHECKPOINT", "CHECKPOINT"),
        ("UNINSTALL httpfs", "UNINSTALL"),
        ("TERMINATE TRANSACTION 'x'", "TERMINATE"),
        ("MATCH (n:Chain) DETACH DELETE n", "DETACH"),
        ("CALL `var_length_extend_max_depth`=2", "var_length_extend_max_depth"),
        ("CALL dbms.listConfig()", "dbms.listConfig"),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_refusal_names_the_word_and_says_what_may_be_written(dialect: Dialect, text: str, word: str) -> None:
    with pytest.raises(WriteRefused, match=re.escape(word)) as refused:
        admit(text, {}, dialect)
    assert "只能" in str(refused.value)
    assert "第 1 行" in str(refused.value)


@pytest.mark.parametrize("kept", ["EXPORT", "IMPORT", "USE", "CHECKPOINT", "LOAD", "CALL", "SET", "CREATE"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_words_in_strings_names_and_comments_are_no_clauses(dialect: Dialect, kept: str) -> None:
    text = f"MATCH (c:Chain) WHERE c.name <> '{kept} x' /* {kept} */ // {kept}\nRETURN \"{kept}; {kept}\" AS `{kept}`;"
    assert admit(text, {}, dialect).columns == [kept]


def changed(text: str, seed: int) -> str:
    """Return an attack written otherwise: case, comments, spaces, escapes, other clauses around it."""
    chance = random.Random(seed)
    pieces = re.split(r"('(?:\\.|[^'\\])*'|\"[^\"]*\"|`[^`]*`|\s+)", text)
    result = []
    for piece in pieces:
        if piece.isspace():
            result.append(chance.choice([" ", "\n", "\t", "  ", "/**/", "/* x */", " //x\n", "\u3000"]))
        elif piece[:1] in ("'", '"', "`"):
            result.append(piece)
        else:
            word = "".join(chance.choice([letter.lower(), letter.upper()]) for letter in piece)
            if word and chance.random() < 0.1:
                at = chance.randrange(len(word))
                word = f"{word[:at]}\\u{ord(word[at]):04x}{word[at + 1 :]}"
            result.append(word)
    inner = "".join(result)
    around = [
        "{}",
        "{} ",
        ";{}",
        "WITH 1 AS x WHERE x=1{}",
        "WITH 1 AS x WHERE x = 1 {}",
        "MATCH (c:Chain) {}",
        "RETURN 1 AS x; {}",
    ]
    around += [
        "MATCH (c:Chain) WHERE c.name = ''{}",
        "CALL {{ {} }}",
        "CALL {{ {} }} RETURN 1 AS y",
        "RETURN 1 AS x UNION {}",
    ]
    around += [
        "MATCH (c:Chain) WHERE EXISTS {{ {} }} RETURN c",
        "RETURN COLLECT {{ {} }} AS x",
        "UNWIND [1] AS x {} RETURN x",
        "/* {} */ {}",
    ]
    around += [
        "MATCH (c:Chain) RETURN c ORDER BY c.name LIMIT 1{}",
        "EXPLAIN {}",
        "OPTIONAL {}",
        "RETURN ({}) AS x",
        "// x\n{}",
    ]
    frame = chance.choice(around)
    return frame.format(*[inner] * frame.count("{}"))


@settings(max_examples=1000)
@given(st.sampled_from(CLAUSES), st.integers(0, 2**32))
def test_an_attack_written_otherwise_is_not_admitted_either(text: str, seed: int) -> None:
    for dialect in (LADYBUG, NEO4J):
        with pytest.raises(REFUSALS):
            admit(changed(text, seed), {}, dialect)


WORDS = st.sampled_from(
    [
        "MATCH",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "-",
        ">",
        "<",
        ":",
        ",",
        ".",
        "..",
        "|",
        "*",
        "=",
        "<>",
        "+",
        "'a'",
        '"b"',
        "`c`",
        "1",
        "1.5",
        "$x",
        "n",
        "Chain",
        "PART_OF",
        "name",
        "RETURN",
        "WITH",
        "WHERE",
        "AS",
        "UNWIND",
        "CALL",
        "UNION",
        "ALL",
        "ORDER",
        "BY",
        "LIMIT",
        "SKIP",
        "NOT",
        "AND",
        "OR",
        "IN",
        "IS",
        "NULL",
        "CASE",
        "WHEN",
        "THEN",
        "END",
        "EXISTS",
        "COUNT",
        "size",
        "count",
        "//",
        "/*",
        "*/",
        ";",
        "\\",
        "“",
        "：",
        "\u200b",
        "1LOAD",
        "LOAD",
        "FROM",
    ]
)


@settings(max_examples=600)
@given(
    st.one_of(
        st.text(max_size=60), st.lists(WORDS, max_size=25).map(" ".join), st.lists(WORDS, max_size=25).map("".join)
    )
)
def test_no_text_breaks_the_gate(text: str) -> None:
    for dialect in (LADYBUG, NEO4J):
        with suppress(*REFUSALS):
            admitted = admit(text, {}, dialect)
            assert admitted.columns
            assert "\\u" not in admitted.text


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(queries())
def test_valid_queries_are_admitted_and_their_writing_is_admitted_again(text: str) -> None:
    assert admit(text, {}, LADYBUG).columns
    written = admit(text, {}, NEO4J)
    assert admit(written.text, written.parameters, NEO4J).columns == written.columns


PIECES = st.sampled_from(
    [*"ab.-^$|()[]{}*+?\\,12:中", "(?:", "(?i)", "\\d", "\\p{L}", "\\u4e2d", "\\x41", "{2,3}", "[^", "&&"]
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_no_pattern_breaks_the_reader_of_patterns(text: str) -> None:
    with suppress(QueryError):
        plain = regexes.check(text, True, "")
        assert regexes.check(plain, True, "") == plain
        if "\\p" not in plain and "\\x" not in plain and "(?i" not in plain:
            re.compile(plain)


@contextmanager
def listener() -> Iterator[socket.socket]:
    """A server on loopback that notes who comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def callers(server: socket.socket) -> int:
    count = 0
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            count += 1
    return count


DISGUISES = [
    "LOAD CSV FROM '{url}' AS row RETURN row",
    "L\\u004fAD CSV FROM '{url}' AS row RETURN row",
    "LOAD/**/CSV/**/FROM '{url}' AS row RETURN row",
    "WITH 1 AS x WHERE x=1LOAD CSV FROM '{url}' AS row RETURN row",
    "MATCH (n:Chain) CALL {{ LOAD CSV FROM '{url}' AS r RETURN r }} RETURN r",
    "RETURN '\\u0027 AS x LOAD CSV FROM \\u0027{url}' AS row RETURN row",
    "// \\u000aLOAD CSV FROM '{url}' AS row RETURN row",
    "LOAD FROM '{url}/x.csv' RETURN *",
    "CALL apoc.load.json('{url}') YIELD value RETURN value",
]


def test_no_address_is_asked(full_store: Store) -> None:
    with listener() as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        for text in DISGUISES:
            with pytest.raises(REFUSALS):
                full_store.outside().read(text.format(url=url), {}, seconds=5, limit=10)
        with pytest.raises(REFUSALS):
            full_store.outside().read("LOAD CSV FROM $url AS row RETURN row", {"url": url}, seconds=5, limit=10)
        assert callers(server) == 0
        with socket.create_connection(server.getsockname()):
            assert callers(server) == 1  # it does note who comes


def test_limits_and_parameters_reach_the_store() -> None:
    asked = []

    def run(admitted: Admitted, seconds: float, limit: int | None) -> Result:
        asked.append((admitted.parameters, seconds, limit))
        return Result(["n"], [{"n": 1}], truncated=True)

    result = Outside(LADYBUG, run).read(
        "MATCH (c:Chain {id: $id}) RETURN count(*) AS n", {"id": "x"}, seconds=1.5, limit=7
    )
    assert asked == [({"id": "x"}, 1.5, 7)]
    assert (result.rows, result.truncated) == ([{"n": 1}], True)
    with pytest.raises(WriteRefused):
        Outside(LADYBUG, must_not_run).read("CHECKPOINT", {}, seconds=1, limit=1)


def test_what_a_console_is_told_reaches_the_reader(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    def run(admitted: Admitted, seconds: float, limit: int | None) -> Result:
        told.append((admitted.parameters, seconds, limit))
        return Result(admitted.columns, [])

    monkeypatch.setattr(seeded_store, "outside", lambda: Outside(LADYBUG, run))
    answer = Console(seeded_store, 5, 1000).run("MATCH (c:Chain {id: $id}) RETURN c.name", {"id": "x"}, 9, 2.5)
    assert (told, answer.columns) == ([({"id": "x"}, 2.5, 9)], ["c.name"])
