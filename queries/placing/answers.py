"""The shapes of the answers of placing firms on chains."""

from queries.core.answers import Term


class Level(Term):
    """How well founded a placement is."""

    high = "高"
    middle = "中"
    low = "低"
