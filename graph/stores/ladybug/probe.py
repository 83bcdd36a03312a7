"""Open a graph file in a process of its own: ``python probe.py FILE BYTES``,
where what is damaged may end the process and nothing else.

Run as a file, so that nothing of the project need be imported.
"""

import sys
from typing import Any

import ladybug


def main(path: str, mapped: int) -> None:
    """Open a file and count what is in every table."""
    database = ladybug.Database(path, read_only=True, buffer_pool_size=512 << 20, max_db_size=mapped)
    connection = ladybug.Connection(database)
    tables = connection.execute("CALL show_tables() RETURN *")
    assert not isinstance(tables, list)
    table: Any
    for table in tables.get_all():
        pattern = f"(a:`{table[1]}`)" if table[2] == "NODE" else f"()-[a:`{table[1]}`]->()"
        connection.execute(f"MATCH {pattern} RETURN count(a)")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
