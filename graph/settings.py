"""Settings from the environment (prefix ``LIANZHANG_``); a secret is never printed."""

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def data_folder() -> Path:
    """Return the project's folder in the user's data directory."""
    root = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return root / "lianzhang"


def default_store() -> str:
    """Return the URL of the embedded store in the user's data directory."""
    return f"ladybug://{data_folder() / 'graph.lbug'}"


def default_users() -> Path:
    """Return the file of the users, in the user's data directory."""
    return data_folder() / "users.json"


def default_uploads() -> Path:
    """Return the folder of uploads that are not loaded yet, beside the users."""
    return data_folder() / "uploads"


def heads_file() -> str:
    """Return the office's own table of column heads, where one is set: asked for so often that it is read by itself."""
    return os.environ.get("LIANZHANG_HEADS", "")


class Settings(BaseSettings):
    """Everything that can be set from outside."""

    model_config = SettingsConfigDict(env_prefix="LIANZHANG_", extra="ignore")

    store: str = Field(default_factory=default_store)
    neo4j_user: str = "neo4j"
    neo4j_password: SecretStr | None = None
    neo4j_database: str | None = None
    api_key: SecretStr | None = None
    users: Path = Field(default_factory=default_users, description="the file of the users of the server")
    idle_minutes: float = Field(
        default=30.0, gt=0, le=24 * 60, description="after how long without a request somebody is logged out"
    )
    heads: Path | None = Field(
        default=None, description="the office's own table of column heads (TOML), beside the one that comes with it"
    )
    uploads: Path = Field(
        default_factory=default_uploads, description="the folder of what was uploaded in the last 24 hours"
    )
    load_nice: int = Field(
        default=15, ge=0, le=19, description="how far a load by the page steps back for readers, as nice counts"
    )
    upload_mb: int = Field(default=200, ge=1, le=10_000, description="MB that one upload may have")
    viewer_amounts: bool = Field(
        default=True, description="whether viewers may learn what a supply is worth; if not, Cypher is for editors"
    )
    city: str = Field(
        default="", description="the city whose chains the server shows, where the graph has those of several"
    )
    hosts: str = Field(
        default="",
        description="names that requests may be sent to, beside localhost and the own address; commas between",
    )
    request_seconds: float = Field(
        default=30.0, gt=0, le=3600, description="how long the work for one request may take"
    )
    cache_mb: int = Field(default=64, ge=0, le=4096, description="MB of answers that are kept as bytes; 0 keeps none")
    query_seconds: float = Field(default=5.0, gt=0, le=600)
    query_rows: int = Field(default=1000, gt=0, le=100_000)
    embedding_url: str | None = None
    embedding_model: str | None = None
    embedding_key: SecretStr | None = None

    @property
    def host_names(self) -> list[str]:
        """Return the names of ``hosts``."""
        return [name.strip() for name in self.hosts.split(",") if name.strip()]
