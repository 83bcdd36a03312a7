"""Signs and words between values: which kinds of values they join, and how each store writes them."""

from dataclasses import dataclass

from graph.cypher.dialect import Dialect
from graph.cypher.kinds import ANY, BOOL, FLOAT, INT, STRING, Kind, joined, list_of
from graph.errors import QueryError

ORDERED = ("number", "string", "date", "bool")
TEXTUAL = ("STARTS WITH", "ENDS WITH", "CONTAINS", "=~")


@dataclass(frozen=True)
class Written:
    """An expression as it is sent to the store: its text, its kind, and whether it holds together without brackets."""

    text: str
    kind: Kind
    whole: bool = True
    empty: bool | None = None  # of a string that is known: whether it is ''
    nulls: bool = False  # of a list that is known: whether null is in it
    parts: tuple[str, ...] = ()  # of texts joined by +: each of them

    @property
    def safe(self) -> str:
        """Return the text, in brackets where it is made of parts."""
        return self.text if self.whole else f"({self.text})"


def compare(sign: str, left: Written, right: Written, place: str) -> str:
    """Return a comparison; two kinds that can never be equal are refused, since
    one store says false and the other converts."""
    left_kind, right_kind = left.kind, right.kind
    if left_kind.is_known() and right_kind.is_known():
        if left_kind.group != right_kind.group:
            raise QueryError(f"{left_kind.zh}不能与{right_kind.zh}比较。{_how(left_kind, right_kind)}位置: {place}")
        if sign not in ("=", "<>") and left_kind.group not in ORDERED:
            raise QueryError(f"{left_kind.zh}之间不能比较大小,请比较它们的属性。位置: {place}")
        inner = [side.item or ANY for side in (left_kind, right_kind)]
        if left_kind.word == "list" and all(item.is_known() for item in inner) and inner[0].group != inner[1].group:
            raise QueryError(f"两个列表里的值种类不同,不能比较。位置: {place}")
    return f"{left.safe} {sign} {right.safe}"


def _how(kind: Kind, second: Kind) -> str:
    words = {kind.word, second.word}
    if words & {"node", "relation"}:
        return "请用它的属性,如 n.id = '…'。"
    if "list" in words:
        return "判断在不在列表里用 x IN list。"
    if "date" in words:
        return "图里的日期存为文字,直接写 e.valid_to < '2026-01-01'。"
    if words & {"int", "float"} and "string" in words:
        return "文字要加引号,数字不加;或用 toFloat()、toString() 转换。"
    return ""


def textual(dialect: Dialect, sign: str, left: Written, right: Written, place: str) -> str:
    """Return STARTS WITH, ENDS WITH, CONTAINS or =~ between two strings."""
    for side in (left, right):
        if side.kind.word == "list":
            raise QueryError(f"列表不能用 {sign};在不在列表里用 'x' IN e.aliases。位置: {place}")
        if side.kind.is_known() and side.kind.word not in ("string", "null"):
            raise QueryError(f"{sign} 两边应是文字,写的是{side.kind.zh};可先用 toString()。位置: {place}")
    if sign == "CONTAINS" and dialect.one_based:  # there, no text contains the empty one
        if right.empty:
            return f"{left.safe} = {left.safe}"
        if right.empty is None:
            return f"({left.safe} CONTAINS {right.safe}) OR ({right.safe} = '' AND {left.safe} = {left.safe})"
    return f"{left.safe} {sign} {right.safe}"


def within(dialect: Dialect, left: Written, right: Written, place: str) -> str:
    """Return ``x IN list``."""
    if right.kind.is_known() and right.kind.word != "list":
        raise QueryError(f"IN 的右边应是列表,写的是{right.kind.zh};如 c.id IN ['a', 'b']。位置: {place}")
    item = right.kind.item or ANY
    if left.kind.is_known() and item.is_known() and left.kind.group != item.group:
        raise QueryError(f"IN 的左边是{left.kind.zh},列表里是{item.zh},不会相等。{_how(left.kind, item)}位置: {place}")
    if dialect.typed and right.nulls:
        raise QueryError(f"{dialect.name}里 IN 的列表不能有 null(空值);请先去掉,判断为空用 IS NULL。位置: {place}")
    if dialect.typed and right.text == "[]":  # there, null IN [] is null
        return "false"
    return f"{left.safe} IN {right.safe}"


def add(dialect: Dialect, left: Written, right: Written, place: str) -> Written:
    """Return ``a + b`` for numbers, texts and lists."""
    left_kind, right_kind = left.kind, right.kind
    if "list" in (left_kind.word, right_kind.word):
        return _add_lists(dialect, left, right, place)
    if "string" in (left_kind.word, right_kind.word):
        parts = tuple(part for side in (left, right) for part in side.parts or (_as_text(dialect, side, place),))
        if not dialect.typed:
            return Written(" + ".join(parts), STRING, False, parts=parts)
        # There, a text and a null make the text.
        nulls = [f"{part} IS NULL" for part in parts if not part.startswith("'")]
        text = " + ".join(parts)
        return Written(
            f"CASE WHEN {' OR '.join(nulls)} THEN NULL ELSE {text} END" if nulls else text,
            STRING,
            bool(nulls),
            parts=parts,
        )
    if dialect.typed and not left_kind.is_known() and not right_kind.is_known():
        raise QueryError(
            f"{dialect.name}要知道 + 两边是文字、数字还是列表,才能相加;请用 toString() 或 toFloat() 写明。位置: {place}"
        )
    return calculate("+", left, right, place)


def _as_text(dialect: Dialect, side: Written, place: str) -> str:
    if side.kind.word in ("string", "any"):
        return side.safe
    if side.kind.word == "null":
        return "cast(NULL AS STRING)" if dialect.typed else side.safe
    if side.kind.word == "int":
        return f"cast({side.text} AS STRING)" if dialect.typed else side.safe
    if side.kind.word == "float" and not dialect.typed:
        return side.safe
    raise QueryError(f"文字不能与{side.kind.zh}相接;请分成两列返回。位置: {place}")


def _add_lists(dialect: Dialect, left: Written, right: Written, place: str) -> Written:
    left_kind, right_kind = left.kind, right.kind
    kind = list_of(joined(side.item or ANY if side.word == "list" else side for side in (left_kind, right_kind)))
    if dialect.typed and not (left_kind.is_known() and right_kind.is_known()):
        raise QueryError(f"{dialect.name}要知道 + 两边都是什么,才能相接。位置: {place}")
    if left_kind.word == right_kind.word or not dialect.typed:
        return Written(f"{left.safe} + {right.safe}", kind, False)
    if left_kind.word == "list":
        return Written(f"list_append({left.text}, {right.text})", kind)
    return Written(f"list_prepend({right.text}, {left.text})", kind)


def calculate(sign: str, left: Written, right: Written, place: str) -> Written:
    """Return ``a - b`` and its like, between numbers."""
    for side in (left, right):
        if side.kind.is_known() and side.kind.group != "number":
            raise QueryError(f"{sign} 两边应是数字,写的是{side.kind.zh};可先用 toFloat()。位置: {place}")
    whole = left.kind.word == right.kind.word == "int" and sign != "^"
    kind = INT if whole else FLOAT if left.kind.is_known() and right.kind.is_known() else ANY
    return Written(f"{left.safe} {sign} {right.safe}", kind, False)


def condition(value: Written, place: str) -> str:
    """Return what stands as a condition, brackets where needed."""
    if value.kind.is_known() and value.kind != BOOL and value.kind.word != "bool":
        raise QueryError(
            f"这里应是条件(真或假),写的是{value.kind.zh};如 c.name = '…'、c.name IS NOT NULL。位置: {place}"
        )
    return value.safe
