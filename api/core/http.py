"""What routes take and give: the store, what is switched off, a page of a list."""

from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from graph.stores import Store
from queries.core.catalogue import trusted

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A page of a list; ``next`` is the cursor of the page after it, or null at the end."""

    items: list[Item]
    next: str | None = None


async def get_store(request: Request) -> Store:
    """Return the store of the app."""
    store: Store = request.app.state.store
    return store


async def get_statuses(
    without: Annotated[str, Query(description="不使用哪些状态的数据,逗号分隔,如 curated,sample", max_length=200)] = "",
) -> list[str]:
    """Return the statuses to answer from."""
    return trusted(without.split(","))


StoreDep = Annotated[Store, Depends(get_store)]
StatusesDep = Annotated[list[str], Depends(get_statuses)]
SizeQuery = Annotated[int, Query(ge=1, le=500, description="每页几条")]
CursorQuery = Annotated[str, Query(max_length=300, description="上一页答案里的 next")]
