"""The one family of errors: each says what was wrong, where, what was expected and what to do."""

from collections.abc import Mapping
from typing import Any, ClassVar


class LianzhangError(Exception):
    """Root of every error that this project raises on purpose; ``status`` is its HTTP status."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "内部错误"

    def __init_subclass__(cls, *, status: int, title: str) -> None:
        super().__init_subclass__()
        cls.status, cls.title = status, title

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, Any] = details


class InputError(LianzhangError, ValueError, status=422, title="输入有误"):
    """Something that was handed in (a file, a parameter, a URL) cannot be used as it is."""


class NotFound(LianzhangError, LookupError, status=404, title="未找到"):
    """Nothing in the graph answers to the name that was given."""


class Ambiguous(LianzhangError, LookupError, status=409, title="名称不唯一"):
    """More than one thing answers to the name; ``details['candidates']`` lists them."""


class Conflict(LianzhangError, status=409, title="已被改过"):
    """Somebody else has changed what is to be changed; ``details['newer']`` is
    the row as it stands, None where it is gone."""


class NotNow(Conflict, status=409, title="现在不能做"):
    """What is asked for cannot be done as things stand: it is done already, or something else rests on it."""


class Stale(Conflict, status=412, title="已被改过"):
    """As ``Conflict``, of a thing whose tag was given."""


class TagMissing(LianzhangError, ValueError, status=428, title="没有写明看到的是哪一版"):
    """A thing is to be changed, and nothing says which version of it the writer saw."""


class QueryError(LianzhangError, ValueError, status=400, title="查询语句有误"):
    """The store does not understand the Cypher text or its parameters."""


class WriteRefused(LianzhangError, PermissionError, status=403, title="只读"):
    """A query that would write was sent where only reading is allowed."""


class CypherClosed(LianzhangError, PermissionError, status=403, title="不接受外部查询"):
    """Cypher from outside is not taken here, since what keeps it within the graph is not in place."""


class QueryTimeout(LianzhangError, TimeoutError, status=504, title="查询超时"):
    """The query did not finish within its time limit."""


class WorkStopped(LianzhangError, TimeoutError, status=504, title="计算超时"):
    """The work was ended before it was done: its time is up, or nobody waits for it any more."""


class Busy(LianzhangError, status=503, title="服务繁忙"):
    """As many questions wait already as may; ``details['retry_after']`` is in how many seconds to ask again."""


class StoreUnavailable(LianzhangError, ConnectionError, status=503, title="存储不可用"):
    """The store cannot be reached or opened right now."""


class StoreEmpty(StoreUnavailable, status=503, title="还没有数据"):
    """Nothing has been loaded into the store yet."""


class ServiceUnavailable(LianzhangError, ConnectionError, status=503, title="外部服务不可用"):
    """A service of the office's own that was set up (an embedding endpoint) does not answer."""


class OutputError(LianzhangError, OSError, status=500, title="不能写出"):
    """A file that was asked for cannot be written."""


class LoadBusy(LianzhangError, status=409, title="正在载入"):
    """Another load is writing to the same store."""


class UploadTooLarge(LianzhangError, status=413, title="内容过大"):
    """More comes with an upload than may."""


class UploadTooSlow(LianzhangError, status=408, title="请求超时"):
    """An upload stopped coming."""
