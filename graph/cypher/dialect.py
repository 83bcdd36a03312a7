"""What a store's Cypher is like: the data that the gate goes by, one ``Dialect`` a store."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.cypher.kinds import ANY, BOOL, DATE, FLOAT, INT, STRING, Kind, list_of


@dataclass(frozen=True)
class ReadOnlyProcedure:
    """A procedure that reads the graph's schema: its arguments (``type`` or
    ``table``), its columns, and why it may be called."""

    arguments: tuple[str, ...]
    columns: Mapping[str, Kind]
    why: str


@dataclass(frozen=True)
class Signature:
    """What a function takes and gives; each argument a set of kinds, the last repeated where ``repeated``."""

    arguments: tuple[str, ...]
    result: Kind | str
    least: int
    repeated: bool = False
    aggregates: bool = False


@dataclass(frozen=True)
class Dialect:
    """A store's own ways.

    ``functions``: how a function is written there, by ``name:kind/number of
    arguments``, ``name:kind``, ``name/number`` or ``name``; ``refused``: by the same
    keys, what to write instead of one that the store lacks or answers differently.
    """

    name: str
    functions: Mapping[str, str]
    refused: Mapping[str, str]
    procedures: Mapping[str, ReadOnlyProcedure]
    walks: bool = False  # *1..8 may pass a relation twice, and two relations of one MATCH may be the same one
    most_hops: int | None = None  # a range without an upper end, or with a higher one, cannot be run
    typed: bool = False  # each list, CASE and UNION column has one kind of value; maps have fixed keys
    one_based: bool = False  # places in lists and strings count from 1
    queries_inside: bool = False  # COLLECT {}, CALL {}, and more than one MATCH in EXISTS {} and COUNT {}
    lambdas: bool = False  # list comprehensions and all(), any(), none(), single(), reduce(), and they are right
    # WITH … ORDER BY needs a LIMIT, and is lost before an aggregation; a WHERE after it sees the new names only
    loose_order: bool = False
    loses_zero: bool = False  # COUNT { … } in a condition or before an aggregation drops what has none
    backtracks: bool = False  # a regular expression can take for ever, and nothing ends it
    keeps_others: bool = False  # nodes that are no part of the graph lie beside it
    counts_relations: bool = False  # count(r.key) of any relation counts those without the key too
    # what to say for the store's own errors, by a piece of their text
    hints: Mapping[str, str] = field(default_factory=dict)


def _take(
    arguments: str, result: Kind | str, least: int | None = None, *, repeated: bool = False, aggregates: bool = False
) -> Signature:
    parts = tuple(arguments.split())
    return Signature(parts, result, len(parts) if least is None else least, repeated, aggregates)


NUMBERS = (
    "ceil",
    "floor",
    "sqrt",
    "log",
    "log10",
    "exp",
    "sin",
    "cos",
    "tan",
    "cot",
    "asin",
    "acos",
    "atan",
    "degrees",
    "radians",
)
SIGNATURES: dict[str, Signature] = (
    {name: _take("number", FLOAT) for name in NUMBERS}
    | {name: _take("string", STRING) for name in ("toupper", "tolower", "upper", "lower", "normalize")}
    | {name: _take("string", STRING) for name in ("trim", "ltrim", "rtrim", "btrim")}
    | {name: _take("string/int/float/bool/date", STRING) for name in ("tostring", "tostringornull")}
    | {name: _take("string/int/float/bool", INT) for name in ("tointeger", "tointegerornull")}
    | {name: _take("string/int/float", FLOAT) for name in ("tofloat", "tofloatornull")}
    | {name: _take("string/int/bool", BOOL) for name in ("toboolean", "tobooleanornull")}
    | {name: _take("any", ANY, 0) for name in ("datetime", "localdatetime", "time", "localtime", "duration")}
    | {f"{name}.truncate": _take("string any any", ANY, 1) for name in ("date", "datetime", "localdatetime")}
    | {f"{name}.truncate": _take("string any any", ANY, 1) for name in ("time", "localtime")}
    | {f"duration.{name}": _take("any any", ANY) for name in ("between", "indays", "inmonths", "inseconds")}
    | {name: _take("number", FLOAT, aggregates=True) for name in ("avg", "stdev", "stdevp")}
    | {name: _take("number number", FLOAT, aggregates=True) for name in ("percentilecont", "percentiledisc")}
    | {name: _take("any", "same", aggregates=True) for name in ("min", "max")}
    | {
        "abs": _take("number", "same"), "sign": _take("number", INT), "round": _take("number int", FLOAT, 1),
        "atan2": _take("number number", FLOAT), "pi": _take("", FLOAT), "e": _take("", FLOAT),
        "isnan": _take("number", BOOL),
        "replace": _take("string string string", STRING), "left": _take("string int", STRING),
        "right": _take("string int", STRING),
        "substring": _take("string int int", STRING, 2), "reverse": _take("string/list", "same"),
        "split": _take("string string/list", list_of(STRING)),
        "size": _take("string/list", INT), "char_length": _take("string", INT),
        "character_length": _take("string", INT),
        "isempty": _take("string/list/map", BOOL), "length": _take("path", INT), "head": _take("list", "item"),
        "last": _take("list", "item"), "tail": _take("list", "same"), "range": _take("int int int", list_of(INT), 2),
        "coalesce": _take("any", "joined", 1, repeated=True),
        "nullif": _take("any any", "same"), "keys": _take("node/relation/map", list_of(STRING)),
        "properties": _take("node/relation/map", Kind("map")), "labels": _take("node", list_of(STRING)),
        "type": _take("relation", STRING),
        "label": _take("node/relation", STRING), "nodes": _take("path", list_of(Kind("node"))),
        "relationships": _take("path", list_of(Kind("relation"))), "rels": _take("path", list_of(Kind("relation"))),
        "startnode": _take("relation", Kind("node")), "endnode": _take("relation", Kind("node")),
        "date": _take("string/map/date", DATE, 0),
        "valuetype": _take("any", STRING), "count": _take("any", INT, aggregates=True),
        "sum": _take("number", "sum", aggregates=True),
        "collect": _take("any", "collected", aggregates=True), "timestamp": _take("", INT),
    }
)  # fmt: skip
