"""Walks along the words of a query; what the parsers have in common."""

from graph.cypher.refusals import ALLOWED, refused
from graph.cypher.tokens import Token, tokenize, where
from graph.errors import LianzhangError, QueryError

DEEPEST = 25
# Words that begin a clause or join two parts: no bare name may be one of them.
RESERVED = frozenset((
    "MATCH", "OPTIONAL", "WHERE", "WITH", "RETURN", "ORDER", "SKIP", "LIMIT", "UNWIND", "UNION", "CALL", "YIELD", "AND",
    "OR", "XOR", "NOT",
    "IN", "STARTS", "ENDS", "CONTAINS", "IS", "AS", "DISTINCT", "CASE", "WHEN", "THEN", "ELSE", "END", "TRUE", "FALSE",
    "NULL",
))  # fmt: skip


class Reader:
    """The words of one text and the place reached in them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.place = 0
        self.depth = 0
        self.cases = 0  # how many CASE are open

    @property
    def token(self) -> Token:
        """Return the word that comes next."""
        return self.tokens[self.place]

    def peek(self, ahead: int = 1) -> Token:
        """Return a later word, the end where there is none."""
        return self.tokens[min(self.place + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Return the next word and go on."""
        token = self.token
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def at(self, *words: str) -> bool:
        """Tell whether the next words, bare, are these in this order."""
        return all(self.peek(ahead).upper == word for ahead, word in enumerate(words))

    def accept(self, *words: str) -> bool:
        """Go past these words if they come next."""
        if not self.at(*words):
            return False
        for _ in words:
            self.take()
        return True

    def expect(self, word: str, meant: str = "") -> None:
        """Go past a word that must come next."""
        if not self.accept(word):
            raise self.unexpected(f"这里应有 {word}" + (f"({meant})" if meant else ""))

    def name(self, what: str) -> str:
        """Return a name, bare or in backticks."""
        token = self.token
        if token.kind == "name" or (token.kind == "word" and token.upper not in RESERVED):
            return str(self.take().value)
        raise self.unexpected(f"这里应有{what}")

    def key(self, what: str) -> str:
        """Return the name of a property, label or type: there every word will do."""
        if self.token.kind in ("word", "name"):
            return str(self.take().value)
        raise self.unexpected(f"这里应有{what}")

    def number(self) -> int | None:
        """Return a whole number if one comes next."""
        if self.token.kind == "number" and isinstance(self.token.value, int):
            return int(self.take().value)
        return None

    def enter(self) -> None:
        """Note that one more level has been opened; raises ``QueryError`` where there are too many."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise QueryError(f"括号、列表或函数嵌套超过 {DEEPEST} 层,请拆开写: {self.here()}")

    def leave(self) -> None:
        """Note that a level is closed."""
        self.depth -= 1

    def here(self) -> str:
        """Say where the next word stands."""
        return where(self.text, self.token.start)

    def unexpected(self, wanted: str) -> LianzhangError:
        """Return the refusal of the next word: by name where it is known, else with what was wanted."""
        if known := refused(self.token.upper, self.here()):
            return known
        return QueryError(f"看不懂 {self.here()}: {wanted}。{ALLOWED}")
