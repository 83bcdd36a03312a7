"""The one family of errors: each says what was wrong, where, what was expected and what to do."""

from collections.abc import Mapping
from typing import Any, ClassVar


class LianzhangError(Exception):
    """Root of every error that this project raises on purpose; ``status`` is its HTTP status."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "内部错误"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, Any] = details


class InputError(LianzhangError, ValueError):
    """Something that was handed in (a file, a parameter, a URL) cannot be used as it is."""

    status = 422
    title = "输入有误"


class NotFound(LianzhangError, LookupError):
    """Nothing in the graph answers to the name that was given."""

    status = 404
    title = "未找到"


class Ambiguous(LianzhangError, LookupError):
    """More than one thing answers to the name; ``details['candidates']`` lists them."""

    status = 409
    title = "名称不唯一"


class Conflict(LianzhangError):
    """Somebody else has changed what is to be changed; ``details['newer']`` is the row as it stands, None where it is gone."""

    status = 409
    title = "已被改过"


class QueryError(LianzhangError, ValueError):
    """The store does not understand the Cypher text or its parameters."""

    status = 400
    title = "查询语句有误"


class WriteRefused(LianzhangError, PermissionError):
    """A query that would write was sent where only reading is allowed."""

    status = 403
    title = "只读"


class CypherClosed(LianzhangError, PermissionError):
    """Cypher from outside is not taken here, since what keeps it within the graph is not in place."""

    status = 403
    title = "不接受外部查询"


class QueryTimeout(LianzhangError, TimeoutError):
    """The query did not finish within its time limit."""

    status = 504
    title = "查询超时"


class WorkStopped(LianzhangError, TimeoutError):
    """The work was ended before it was done: its time is up, or nobody waits for it any more."""

    status = 504
    title = "计算超时"


class Busy(LianzhangError):
    """As many questions wait already as may; ``details['retry_after']`` is in how many seconds to ask again."""

    status = 503
    title = "服务繁忙"


class StoreUnavailable(LianzhangError, ConnectionError):
    """The store cannot be reached or opened right now."""

    status = 503
    title = "存储不可用"


class ServiceUnavailable(LianzhangError, ConnectionError):
    """A service of the office's own that was set up (an embedding endpoint) does not answer."""

    status = 503
    title = "外部服务不可用"


class OutputError(LianzhangError, OSError):
    """A file that was asked for cannot be written."""

    status = 500
    title = "不能写出"


class LoadBusy(LianzhangError):
    """Another load is writing to the same store."""

    status = 409
    title = "正在载入"
