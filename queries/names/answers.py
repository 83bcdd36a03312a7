"""The shapes of the answers about firms that may be one: what the command prints as JSON and the API returns."""

from graph.names.verdicts import IN_ORDER, SAME_CORE
from queries.core.answers import Answer, Named, Term


class SameBy(Term):
    """By what two firms may be one, the plainest first."""

    same_code = "统一社会信用代码相同"
    same_stock_code = "股票代码相同"
    same_name = "名称相同"
    former_name = "一方的名称里写明另一方是曾用名"
    name_marks = "去掉序号、脚注等记号后名称相同"
    name_is_alias = "名称与另一方的简称或别名相同"
    same_alias = "简称或别名相同"
    same_core = SAME_CORE
    letters_in_order = IN_ORDER


class DifferentBy(Term):
    """What speaks against two firms being one."""

    other_code = "统一社会信用代码不同"
    other_stock_code = "股票代码不同"
    other_form = "公司形式不同"
    other_district = "名称中的区县不同"


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
    reasons: list[SameBy]
    against: list[DifferentBy]


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
