"""The kinds of value that a field can hold: each cleans and checks."""

import math
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from graph.statuses import STATUS_ZH

Status = Literal["confirmed", "reported", "curated", "inferred", "sample"]

# C0/C1 controls, zero-width and bidirectional overrides: they hide or reorder what a reader sees.
FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
FORMULA = r"^(?:[=@]|[+\-][^0-9.].*[|(!])"
EXCEL_ERROR = r"(?i)^#(?:N/A|DIV/0!|REF!|NAME\?|VALUE!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|GETTING_DATA)$"
MOMENT_TEXT = r"^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z)?$"
PARTIAL_DATE = r"^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|-H[12]|-Q[1-4])?$"
SEPARATORS = r"[;；、\n]"
TRUE, FALSE = ("true", "1", "是", "y", "yes", "必需"), ("false", "0", "否", "n", "no", "非必需")

SCALES = {"亿": 1e8, "百万": 1e6, "万": 1e4, "千": 1e3, "": 1.0}
MONEY_HINT = "以元为单位,50 亿元写 5000000000 或 50亿元"
_money = re.compile(r"(\d+(?:\.\d+)?)\s*(亿|百万|万|千|)元?(?:人民币)?")
_told_money = re.compile(r"(\d+(?:\.\d+)?)\s*(亿|万)")

_forbidden, _formula, _partial_date = re.compile(FORBIDDEN), re.compile(FORMULA), re.compile(PARTIAL_DATE)
_excel_error = re.compile(EXCEL_ERROR)
_loose_date = re.compile(
    r"^(\d{4})\s*(?:[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(\d{1,2})\s*日?)?月?)?年?(?:[T ]00:00(?::00(?:\.0+)?)?)?$"
)


@dataclass(frozen=True)
class Kind:
    """How one field is cleaned and checked."""

    name: Literal["text", "list", "float", "bool", "date", "moment", "choice"]
    max_length: int = 200
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict, hash=False, compare=False)
    money: bool = False

    def clean(self, value: Any) -> Any:
        """Return the canonical value, or raise ``ValueError`` with what was expected."""
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("不是有限的数(NaN 或无穷大),请填写普通数字或留空")
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        return getattr(self, f"_clean_{self.name}")(value)

    def _clean_text(self, value: Any) -> str:
        return check_text(str(value).strip(), self.max_length)

    def _clean_list(self, value: Any) -> list[str] | None:
        parts = value if isinstance(value, (list, tuple)) else re.split(SEPARATORS, str(value))
        cleaned = [check_text(str(part).strip(), self.max_length) for part in parts if str(part).strip()]
        return list(dict.fromkeys(cleaned)) or None

    def _clean_float(self, value: Any) -> float:
        text = unicodedata.normalize("NFKC", str(value)).replace(",", "").strip()
        told = _money.fullmatch(text) if self.money else None
        try:
            number = float(told[1]) * SCALES[told[2]] if told else float(text)
        except ValueError:
            wanted = f"{MONEY_HINT}, 外币写 3亿、币种写 USD" if self.money else "应为如 0.8 或 1200 的数"
            raise ValueError(f"不是数字,{wanted}") from None
        if not math.isfinite(number):
            raise ValueError("不是有限的数(NaN 或无穷大),请填写普通数字或留空")
        if not self.low <= number <= self.high:
            raise ValueError(f"超出范围,应在 {self.low:g} 与 {self.high:g} 之间")
        return number

    def _clean_bool(self, value: Any) -> bool:
        text = unicodedata.normalize("NFKC", str(value)).strip().lower().removesuffix(".0")
        if text in TRUE:
            return True
        if text in FALSE:
            return False
        raise ValueError("应为 是/否(true/false)")

    def _clean_date(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", str(value)).strip()
        if _partial_date.match(text):
            return _check_day(text)
        if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
            return excel_date(float(text))
        loose = _loose_date.match(text)
        if not loose:
            raise ValueError("不是日期,应为 YYYY、YYYY-MM、YYYY-MM-DD 或 YYYY-H1")
        year, month, day = loose.groups()
        return _check_day("-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)]))

    def _clean_moment(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", str(value)).strip()
        try:
            text = text if re.match(MOMENT_TEXT, text) else self._clean_date(text)
            datetime.fromisoformat(text)
        except ValueError:
            raise ValueError("不是时间,应为 YYYY-MM-DD 或 YYYY-MM-DDThh:mm:ssZ(世界时)") from None
        return text

    def _clean_choice(self, value: Any) -> str:
        text = str(value).strip()
        chosen = self.words.get(text.lower(), text)
        if chosen not in self.choices:
            raise ValueError(f"不在可选值内,应为 {'、'.join(self.choices)} 之一")
        return chosen


def check_unit(amount: float | None, original: str | None) -> None:
    """Raise ``ValueError`` where an amount is the bare number of what was written: 50 for 50亿元."""
    told = _told_money.search(unicodedata.normalize("NFKC", original or "").replace(",", ""))
    if told and amount is not None and amount == float(told[1]):
        raise ValueError(f"投资额写的是 {amount:g},原文是“{original}”: 投资额{MONEY_HINT}")


def check_text(text: str, max_length: int) -> str:
    """Return the text unchanged, or raise ``ValueError`` where it is too long, hides characters or is a formula."""
    if len(text) > max_length:
        raise ValueError(f"长度 {len(text)} 字,超过上限 {max_length} 字,请缩短或移到说明列")
    if hidden := _forbidden.search(text):
        raise ValueError(f"含有不可见的控制字符 U+{ord(hidden.group()):04X},请删去后重试")
    if _formula.match(text):
        raise ValueError("像是公式,单元格应为普通文本(不以 =、@ 开头)")
    if _excel_error.match(text):
        raise ValueError(f"单元格是 Excel 错误值 {text},请改正公式后重填")
    return text


def excel_date(serial: float) -> str:
    """Return the ISO date of an Excel serial number (1900 system); raises ``ValueError`` outside 1954 to 2119."""
    if not 20000 <= serial <= 80000:
        raise ValueError("不是日期,应为 YYYY、YYYY-MM 或 YYYY-MM-DD")
    return (date(1899, 12, 30) + timedelta(days=int(serial))).isoformat()


def _check_day(text: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError("日历上没有这一天,应为 YYYY-MM-DD") from None
    elif not _partial_date.match(text):
        raise ValueError("不是日期,应为 YYYY、YYYY-MM 或 YYYY-MM-DD")
    return text


def choice(*values: str, words: dict[str, str] | None = None) -> Kind:
    """Return the kind of a field with a closed list of values and other words for them."""
    return Kind("choice", choices=values, words={k.lower(): v for k, v in (words or {}).items()})


TEXT, LONG_TEXT, SCOPE_TEXT, LIST, NUMBER, FLAG, DATE, MOMENT = (
    Kind("text"),
    Kind("text", max_length=4000),
    Kind("text", max_length=20_000),
    Kind("list"),
    Kind("float"),
    Kind("bool"),
    Kind("date"),
    Kind("moment"),
)
SHARE = Kind("float", low=0.0, high=1.0)
MONEY = Kind("float", money=True)
COUNT = Kind("float", low=0.0)
STATUS = choice(
    *STATUS_ZH,
    words={zh: en for en, zh in STATUS_ZH.items()} | {"确认": "confirmed", "报道": "reported", "未核实": "curated"},
)

Text = Annotated[str, TEXT, BeforeValidator(TEXT.clean)]
OptText = Annotated[str | None, TEXT, BeforeValidator(TEXT.clean)]
OptLongText = Annotated[str | None, LONG_TEXT, BeforeValidator(LONG_TEXT.clean)]
OptScope = Annotated[str | None, SCOPE_TEXT, BeforeValidator(SCOPE_TEXT.clean)]
OptNames = Annotated[list[str] | None, LIST, BeforeValidator(LIST.clean)]
OptNumber = Annotated[float | None, NUMBER, BeforeValidator(NUMBER.clean)]
OptMoney = Annotated[float | None, MONEY, BeforeValidator(MONEY.clean)]
OptCount = Annotated[float | None, COUNT, BeforeValidator(COUNT.clean)]
OptFlag = Annotated[bool | None, FLAG, BeforeValidator(FLAG.clean)]
OptDate = Annotated[str | None, DATE, BeforeValidator(DATE.clean)]
Moment = Annotated[str, MOMENT, BeforeValidator(MOMENT.clean)]
Share = Annotated[float, SHARE, BeforeValidator(SHARE.clean)]
StatusField = Annotated[Status, STATUS, BeforeValidator(STATUS.clean)]


def kind_of(info: FieldInfo) -> Kind:
    """Return the kind that a field was declared with."""
    for item in info.metadata:
        if isinstance(item, Kind):
            return item
    raise TypeError(f"field without a kind: {info!r}")
