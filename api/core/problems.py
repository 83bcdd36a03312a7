"""Errors as RFC 9457 describes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.core.ids import SLASH


class Problem(BaseModel):
    """An error as RFC 9457 describes it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    candidates: list[dict[str, Any]] | None = None
    newer: dict[str, Any] | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a request is not let in."""

    status: int
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": text, "content": {"application/problem+json": {}}}
    for code, text in (
        (400, "查询语句有误,或主机名不在允许之列"),
        (401, "需要口令"),
        (403, "只读"),
        (404, "未找到"),
        (409, "名称不唯一"),
        (413, "内容过大"),
        (422, "输入有误"),
        (503, "存储不可用,或服务繁忙(Retry-After 写明几秒后重试)"),
        (504, "查询或计算超时"),
    )
}


def problem(request: Request, status: int, title: str, detail: str, **details: Any) -> JSONResponse:
    """Return an RFC 9457 answer; ``retry_after`` among the details is told in the header of that name."""
    here = request.url.path.replace(SLASH, "%2F")
    told = {name: details.get(name) for name in ("candidates", "newer")}
    body = Problem(title=title, status=status, detail=detail, instance=here, **told)
    headers = {"Retry-After": str(details["retry_after"])} if "retry_after" in details else None
    return JSONResponse(body.model_dump(exclude_none=True), status, headers, media_type="application/problem+json")
