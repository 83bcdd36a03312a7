"""Stores: where the graph is kept, chosen by URL and imported only when asked for."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from graph.errors import InputError
from graph.settings import Settings
from graph.stores.base import Ends, Reader, Result, Store, Tables, Writer

if TYPE_CHECKING:
    from graph.stores.ladybug.generations import Generations

__all__ = ["Ends", "Reader", "Result", "Store", "Tables", "Writer", "is_server", "open_generations", "open_store"]

UNKNOWN = "不认识的存储地址 {},应为 ladybug:///路径/graph.lbug、neo4j://主机 或 bolt://主机:7687"
SERVER_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


def open_store(url: str | None = None, settings: Settings | None = None) -> Store:
    """Open the store that a URL names (default: settings); raises ``InputError`` for a scheme that is not known."""
    settings = settings or Settings()
    url = url or settings.store
    scheme = urlsplit(url).scheme
    if scheme == "ladybug":
        from graph.stores.ladybug.store import LadybugStore

        return LadybugStore(_path_of(url))
    if scheme in SERVER_SCHEMES:
        from graph.stores.neo4j import Neo4jStore

        return Neo4jStore(url, settings)
    raise InputError(UNKNOWN.format(scheme or repr(url)))


def is_server(url: str | None = None, settings: Settings | None = None) -> bool:
    """Tell whether a URL names a server, which keeps its own files."""
    return urlsplit(url or (settings or Settings()).store).scheme in SERVER_SCHEMES


def open_generations(url: str | None = None, settings: Settings | None = None) -> "Generations":
    """Return the generations of an embedded store; raises ``InputError`` for a server, which keeps its own files."""
    url = url or (settings or Settings()).store
    scheme = urlsplit(url).scheme
    if scheme in SERVER_SCHEMES:
        raise InputError(
            f"{scheme}:// 是 Neo4j,核对与退回只用于嵌入式存储 ladybug://;Neo4j 请用它自己的 neo4j-admin 检查与恢复"
        )
    if scheme != "ladybug":
        raise InputError(UNKNOWN.format(scheme or repr(url)))
    from graph.stores.ladybug.generations import Generations

    return Generations(_path_of(url))


def _path_of(url: str) -> Path:
    path = Path(url.removeprefix("ladybug://")).expanduser()
    if not path.name:
        raise InputError(f"存储地址 {url!r} 没有写明文件,应为 ladybug:///路径/graph.lbug")
    return path if path.is_absolute() else Path.cwd() / path
