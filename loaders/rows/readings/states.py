"""How things stand: a firm by its register, a project by what is said of it."""

import re
from datetime import date

import polars as pl

from graph.model import Record
from graph.model.kinds import PARTIAL_DATE
from graph.model.nodes import GONE, STAGES, Enterprise, Project
from graph.model.work import Progress
from graph.statuses import STATUS_ZH
from loaders.layouts.words import head_words
from loaders.rows.readings.days import find_day
from loaders.rows.readings.listing import Listing, joined, or_none, text_of

STATES = {  # what registers call the state of a firm, with what it is in the words of ours
    "active": "存续", "live": "存续", "registered": "存续", "in operation": "在业", "dissolved": "注销",
    "deregistered": "注销", "struck off": "注销", "cancelled": "注销", "revoked": "吊销", "liquidation": "清算",
    "in liquidation": "清算", "inactive": "停业",
}  # fmt: skip
DISSOLVED = (*GONE, "解散", "废止", "廢止", "除名")
STATE_WORDS = (
    *(
        "存续",
        "在业",
        "开业",
        "在营",
        "正常",
        "迁出",
        "迁入",
        "停业",
        "歇业",
        "清算",
        "筹建",
        "仍注册",
        "设立",
        "設立",
        "登记",
        "破产",
    ),
    *("异常", "成立", *DISSOLVED),
)
_gone = re.compile(rf"^(?:已|依法)?(?:{'|'.join(DISSOLVED)})")


def read_other_status(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Take what stands under 状态 for what it is: the state of a firm's registration, or a project's stage."""
    to = {Enterprise: "registration_state", Project: "stage"}.get(listing.record)
    if "status" not in frame.columns or (not listing.listing and to is None):
        return frame
    if to is None:
        known = pl.col("status").str.strip_chars().str.to_lowercase().is_in([*STATUS_ZH, *STATUS_ZH.values()])
        return frame.with_columns(pl.when(known).then(pl.col("status")).alias("status"))
    values = frame["status"].drop_nulls().unique().str.strip_chars()
    mine = [
        value
        for value in values
        if value and not _is_status(value) and (listing.listing or _is_state(value, listing.record))
    ]
    if not mine:
        return frame
    is_mine = text_of("status").is_in(mine)
    return frame.with_columns(
        pl.coalesce(or_none(frame, to), pl.when(is_mine).then(text_of("status"))).alias(to),
        pl.when(is_mine).then(None).otherwise(pl.col("status")).alias("status"),
    )


def _is_status(value: str) -> bool:
    return value.lower() in STATUS_ZH or value in STATUS_ZH.values()


def _is_state(value: str, record: type[Record]) -> bool:
    if record is Project:
        return value in STAGES.choices or head_words().find_stage(value) is not None
    return value.lower() in STATES or any(word in value for word in STATE_WORDS)


def read_register(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read what a register says of a firm: its numbers, its state; a firm that is no longer there ends."""
    if listing.record is not Enterprise:
        return frame
    for name in ("_taxpayer", "registration_number"):
        if name in frame.columns:
            code = text_of(name).str.to_uppercase().str.extract(r"^([0-9A-HJ-NPQRTUWXY]{18})$")
            frame = frame.with_columns(pl.coalesce(or_none(frame, "uscc"), code).alias("uscc"))
            frame = frame.with_columns(pl.when(code.is_null()).then(pl.col(name)).alias(name))
    if "stock_code" in frame.columns:  # sh600690 is 600690.SH
        code = text_of("stock_code").str.to_uppercase().str.replace(r"^(SH|SZ|BJ)[.:_-]?(\d{6})$", "${2}.${1}")
        frame = frame.with_columns(code.alias("stock_code"))
    for name in ("staff", "insured"):
        if name in frame.columns:
            bare = text_of(name).str.normalize("NFKC").str.replace_all(r"[\s,]", "")
            bare = bare.str.replace(r"^约?(\d+)(?:余|多)?[人名]?(?:\(.*\))?$", "${1}")  # 53(2023年报)
            frame = frame.with_columns(bare.alias(name))
    if "registration_state" not in frame.columns:
        return frame
    state = pl.col("registration_state").str.strip_chars()
    words = {
        value: STATES[value.lower()]
        for value in frame["registration_state"].drop_nulls().unique()
        if value.lower() in STATES
    }
    frame = frame.with_columns(state.replace(words).alias("registration_state"), state.alias("_state_said"))
    if listing.listing:  # what is no state of a register, such as 已搬离 or 在谈, is kept as words
        values = frame["registration_state"].drop_nulls().unique()
        odd = pl.col("registration_state").is_in([text for text in values if text and not _is_state(text, Enterprise)])
        head = listing.heads.get("registration_state") or "状态"
        as_words = pl.when(odd).then(pl.concat_str(pl.lit(f"{head}："), "registration_state"))
        frame = frame.with_columns(
            joined(or_none(frame, "note"), as_words).alias("note"),
            pl.when(odd).then(None).otherwise(pl.col("registration_state")).alias("registration_state"),
        )
    gone = [value for value in frame["registration_state"].drop_nulls().unique() if _gone.match(value)]
    if not gone:
        return frame
    is_gone = pl.col("registration_state").is_in(gone)
    for name in {"_gone_on", "_approved_on"} & {*frame.columns}:
        unread = frame.filter(is_gone & ~text_of(name).str.contains(r"^(?:19|20)\d{2}"))[name].unique()
        read = {text: find_day(text) or text for text in unread.drop_nulls()}
        frame = frame.with_columns(text_of(name).replace(read).alias(name))
    days = [or_none(frame, name) for name in ("valid_to", "_gone_on", "_approved_on")]
    told = pl.coalesce(*(day.str.extract(r"^(\d{4}-\d{2}-\d{2})").fill_null(day) for day in days))
    end = pl.coalesce(told, pl.lit(listing.day or date.today().isoformat()))
    listing.note(
        frame,
        "_state_said",
        pl.when(is_gone & told.is_null()).then(pl.lit("企业已经不在;没有写哪一天,按名单的日期算")),
        listing.heads.get("registration_state") or listing.heads.get("status", ""),
    )
    return frame.with_columns(pl.when(is_gone).then(end).otherwise(days[0]).alias("valid_to"))


def read_stage(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read how far a project is from what is said of it; the words themselves stay in the note."""
    if listing.record not in (Project, Progress) or "stage" not in frame.columns:
        return frame
    words = head_words()
    values = frame["stage"].drop_nulls().unique()
    stages = {
        value: stage for value in values if (stage := value if value in STAGES.choices else words.find_stage(value))
    }
    said, read = text_of("stage"), pl.col("stage").replace_strict(stages, default=None, return_dtype=pl.String)
    keep = said.is_not_null() & (read.is_null() | (read != said))
    if listing.record is Project:
        keep &= read.is_null()
    word = pl.when(keep).then(pl.concat_str(pl.lit(f"{listing.heads.get('stage', '进展')}："), said))
    return frame.with_columns(joined(or_none(frame, "note"), word).alias("note"), read.alias("stage"))


def read_steps(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Take no step of a project from what is no day: 未开工 below 开工时间 is none."""
    if listing.record is not Progress or "happened_on" not in frame.columns:
        return frame
    dull = ~text_of("happened_on").str.contains(PARTIAL_DATE)
    listing.note(frame, "happened_on", pl.when(dull).then(pl.lit("不是日期,没有当作一步进展")))
    return frame.with_columns(pl.when(~dull).then(pl.col("happened_on")).alias("happened_on"))
