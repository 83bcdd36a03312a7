"""Stores: where the graph is kept, chosen by URL and imported only when asked for."""

from pathlib import Path
from urllib.parse import urlsplit

from graph.errors import InputError
from graph.settings import Settings
from graph.stores.base import Ends, Reader, Result, Store, Writer

__all__ = ["Ends", "Reader", "Result", "Store", "Writer", "open_store"]

SERVER_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


def open_store(url: str | None = None, settings: Settings | None = None) -> Store:
    """Open the store that a URL names (default: settings); raises ``InputError`` for a scheme that is not known."""
    settings = settings or Settings()
    url = url or settings.store
    scheme = urlsplit(url).scheme
    if scheme == "ladybug":
        from graph.stores.ladybug.store import LadybugStore

        path = Path(url.removeprefix("ladybug://")).expanduser()
        return LadybugStore(path if path.is_absolute() else Path.cwd() / path)
    if scheme in SERVER_SCHEMES:
        from graph.stores.neo4j import Neo4jStore

        return Neo4jStore(url, settings)
    raise InputError(f"不认识的存储地址 {scheme or url!r},应为 ladybug:///路径/graph.lbug、neo4j://主机 或 bolt://主机:7687")
