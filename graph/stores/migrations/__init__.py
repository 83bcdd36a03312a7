"""Numbered, checksummed migrations of the server store: constraints and indexes, each applied once, in order."""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import LiteralString, cast

import neo4j

from graph.errors import StoreUnavailable


@dataclass(frozen=True)
class Migration:
    """One file: its number, its name, the SHA-256 of its text, its statements."""

    number: int
    name: str
    checksum: str
    statements: tuple[str, ...]


@cache
def migrations() -> tuple[Migration, ...]:
    """Return all migrations in order of their numbers."""
    found = []
    for item in files(__package__).iterdir():
        if match := re.fullmatch(r"(\d{4})_(\w+)\.cypher", item.name):
            text = item.read_text("utf-8")
            body = "\n".join(line for line in text.splitlines() if not line.startswith("//"))
            statements = tuple(part.strip() for part in body.split(";") if part.strip())
            found.append(Migration(int(match[1]), match[2], sha256(text.encode()).hexdigest(), statements))
    return tuple(sorted(found, key=lambda migration: migration.number))


def migrate(session: neo4j.Session) -> None:
    """Apply what has not been applied; raises ``StoreUnavailable`` where an applied migration's text has changed since."""
    applied = {
        row["number"]: row["checksum"] for row in session.run("MATCH (m:`_Migration`) RETURN m.number AS number, m.checksum AS checksum")
    }
    for migration in migrations():
        if migration.number in applied:
            if applied[migration.number] != migration.checksum:
                raise StoreUnavailable(
                    f"数据库的第 {migration.number} 号迁移({migration.name})与本程序的不一致,说明库由另一版本建立;"
                    "请改用一个新的数据库名,或用建库时的版本打开"
                )
            continue
        for statement in migration.statements:
            session.run(cast(LiteralString, statement)).consume()
        session.run(
            "MERGE (m:`_Migration` {number: $number}) SET m.name = $name, m.checksum = $checksum, m.applied_at = toString(datetime())",
            number=migration.number, name=migration.name, checksum=migration.checksum,
        ).consume()  # fmt: skip
