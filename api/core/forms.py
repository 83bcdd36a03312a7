"""What a form of a page sends."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from graph.errors import InputError

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1_000


async def get_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form, each once; line ends as one sign."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise InputError(f"这里只接受网页表单（{FORM}）")
    try:
        text = (await request.body()).decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise InputError("表单的内容读不了：应为 UTF-8 编码的字段") from error
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


FormDep = Annotated[Mapping[str, str], Depends(get_form)]


def see(address: str) -> RedirectResponse:
    """Return the answer to a form that was taken: look at this page now."""
    return RedirectResponse(address, status_code=303)
