"""The shapes of the answers about firms that may be one: what the command prints as JSON and the API returns."""

from queries.core.answers import Answer, Named


class ComparedFirm(Answer):
    """One of two firms, with what tells it from the other."""

    id: str
    name: str
    short_name: str | None = None
    uscc: str | None = None
    stock_code: str | None = None
    region: str | None = None
    status: str
    source: str
    place: str | None = None


class Doubt(Answer):
    """Two firms that may be one, the plainest reason first, and what speaks against it."""

    left: ComparedFirm
    right: ComparedFirm
    reasons: list[str]
    against: list[str]


class Judgement(Answer):
    """What somebody judged of two firms at a time; of several on one pair the last stands."""

    enterprise: Named
    other: Named
    verdict: str
    decided_at: str
    decided_by: str
    reason: str | None = None
    status: str
    source: str
    place: str | None = None
    note: str | None = None
    stands: bool
