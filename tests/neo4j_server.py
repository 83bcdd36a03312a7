"""A real Neo4j for the tests: the one of NEO4J_TEST_URI, or in Docker, or from Maven jars.

`python tests/neo4j_server.py` prints the variables that make test runs use the server it starts,
and keeps that server up until Ctrl-C or the end of its input.
"""

import os
import random
import re
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, CalledProcessError, Popen, TimeoutExpired, run
from typing import LiteralString
from urllib.parse import unquote, urlsplit

from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError

IMAGE = "neo4j:5.26-community"
CHANGE_PASSWORD: LiteralString = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new"
JARS_PROJECT = Path(__file__).resolve().parent / "neo4j_jars"
# What Cypher from outside asks of a server (docs/cypher.md), as the image takes settings; Launcher.java has the same.
OUTSIDE = {
    "NEO4J_dbms_security_allow__csv__import__from__file__urls": "false",
    "NEO4J_db_memory_transaction_max": "512m",
    "NEO4J_db_transaction_timeout": "2h",
}
OPENED = ("java.nio", "java.io", "sun.nio.ch")
JVM_FLAGS = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED] + ["-Xmx2g"]


class ServerUnavailable(RuntimeError):
    """No Neo4j could be had; the message names what was tried and why each way failed."""


@dataclass(frozen=True)
class Server:
    """A running Neo4j; `how` says where it came from."""

    uri: str
    user: str
    password: str = field(repr=False)
    how: str
    control: "_Jvm | None" = field(default=None, repr=False, compare=False)

    def stop(self) -> None:
        """Stop the server and keep its port and data for start()."""
        self._require_control().stop()

    def start(self) -> None:
        """Start the stopped server on its port and data, and wait until it answers."""
        self._require_control().start()
        _wait_for(self)

    def _require_control(self) -> "_Jvm":
        if self.control is None:
            msg = f"the server of {self.how} is not ours to stop or start"
            raise NotImplementedError(msg)
        return self.control


@contextmanager
def neo4j_server() -> Iterator[Server]:
    """Yield a real Neo4j: the one of NEO4J_TEST_URI, else in Docker, else from Maven jars."""
    if uri := os.environ.get("NEO4J_TEST_URI"):
        yield _find_given(uri)
        return
    tried = ["no Neo4j for the tests:", "NEO4J_TEST_URI: not set"]
    for how, begin in (("Docker", _begin_docker), ("Maven jars", _begin_jars)):
        with ExitStack() as stack:
            try:
                server = begin(stack)
            except (ServerUnavailable, OSError) as error:
                tried.append(f"{how}: {error}")
                continue
            yield server
            return
    raise ServerUnavailable("\n- ".join(tried))


def missing_tools() -> list[str]:
    """Name what the Maven way lacks on this machine, each with a hint; empty if nothing."""
    hint = "apt-get install openjdk-17-jdk-headless maven"
    tools = [tool for tool in ("java", "javac", "mvn") if shutil.which(tool) is None]
    if tools:
        return [f"no '{tool}' on the PATH ({hint})" for tool in tools]
    found = _run(["javac", "-version"], 60)
    number = re.search(r"javac (\d+)", found)
    if number is None or int(number[1]) < 17:
        return [f"Java 17 or later is needed, found '{found}' ({hint})"]
    return []


def _find_given(uri: str) -> Server:
    parts = urlsplit(uri)
    user = unquote(parts.username or "") or os.environ.get("NEO4J_TEST_USER", "neo4j")
    password = unquote(parts.password or "") or os.environ.get("NEO4J_TEST_PASSWORD", "")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return _wait_for(Server(bare, user, password, "NEO4J_TEST_URI"), 30)


def _begin_docker(stack: ExitStack) -> Server:
    _run(["docker", "info"], 5)
    password = secrets.token_urlsafe(16)
    try:
        from testcontainers.core.container import DockerContainer

        docker = DockerContainer(IMAGE).with_env("NEO4J_AUTH", f"neo4j/{password}").with_envs(**OUTSIDE)
        stack.enter_context(docker.with_exposed_ports(7687))
        uri = f"bolt://{docker.get_container_host_ip()}:{docker.get_exposed_port(7687)}"
        return _wait_for(Server(uri, "neo4j", password, f"Docker ({IMAGE})"))
    except Exception as error:  # Docker's and testcontainers' errors have no common base
        msg = f"{type(error).__name__}: {error}"
        raise ServerUnavailable(msg) from error


class _Jvm:
    """A Neo4j in a JVM, which ends when this process does: its standard input is our pipe."""

    def __init__(self, jars: Path, home: Path, port: int) -> None:
        launcher = [str(JARS_PROJECT / "Launcher.java"), str(home), str(port)]
        self.command = ["java", *JVM_FLAGS, "-cp", f"{jars}/*", *launcher]
        self.log = home / "launcher.log"
        self.process: Popen[bytes] | None = None

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        if self.is_up():
            return
        self.stop()
        with self.log.open("ab") as log:  # a group of its own: Ctrl-C is for us, not for java
            self.process = Popen(self.command, stdin=PIPE, stdout=log, stderr=log, process_group=0)

    def stop(self) -> None:
        if self.process is not None:
            with suppress(TimeoutExpired):
                self.process.communicate(b"stop\n", timeout=60)
            self.process.kill()  # does nothing to a process that has ended
            self.process.wait()
            self.process = None


def _begin_jars(stack: ExitStack) -> Server:
    if missing := missing_tools():
        raise ServerUnavailable("; ".join(missing))
    jars = _get_jars()
    folder = tempfile.TemporaryDirectory(prefix="lianzhang-neo4j-", ignore_cleanup_errors=True)
    home, port, password = stack.enter_context(folder), _find_port(), secrets.token_urlsafe(16)
    jvm = _Jvm(jars, Path(home), port)
    stack.callback(jvm.stop)
    jvm.start()
    how = f"Maven jars ({jars.parent.name})"
    server = Server(f"bolt://127.0.0.1:{port}", "neo4j", password, how, jvm)
    _wait_for(replace(server, password="neo4j"), new_password=password)
    return _wait_for(server)


def _get_jars() -> Path:
    """Return the folder of jars: the cached one if every file in it is whole, else by Maven."""
    pom = JARS_PROJECT / "pom.xml"
    text = pom.read_text()
    version = text.partition("<neo4j.version>")[2].partition("<")[0]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lianzhang"
    cached = cache / f"neo4j-{version}"
    if not _is_whole(cached, text):
        shutil.rmtree(cached, ignore_errors=True)
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            fresh = Path(work) / "fresh"
            options = ["-B", "-q", "-Dstyle.color=never", f"-DoutputDirectory={fresh / 'jars'}"]
            goal = ["dependency:copy-dependencies", "-DincludeScope=runtime"]
            _run(["mvn", *options, "-f", str(pom), *goal], 900)
            (fresh / "complete").write_text(_list_jars(fresh, text))
            if not _is_whole(cached, text):  # else another process was faster
                fresh.rename(cached)
    return cached / "jars"


def _is_whole(folder: Path, pom: str) -> bool:
    marker = folder / "complete"  # written last; holds the pom and each jar's size
    return marker.is_file() and marker.read_text() == _list_jars(folder, pom)


def _list_jars(folder: Path, pom: str) -> str:
    jars = sorted(folder.glob("jars/*.jar"))
    return "\n".join([pom, *(f"{jar.name} {jar.stat().st_size}" for jar in jars)])


def _wait_for(server: Server, seconds: float = 600, new_password: str | None = None) -> Server:
    """Poll until the server answers, and change its password where a new one is given."""
    query: LiteralString = CHANGE_PASSWORD if new_password else "RETURN 1"
    database = "system" if new_password else None
    deadline = time.monotonic() + seconds
    auth, jvm = (server.user, server.password), server.control
    while True:
        try:
            with GraphDatabase.driver(server.uri, auth=auth, max_transaction_retry_time=0) as bolt:
                bolt.execute_query(query, new=new_password, database_=database)
            return server
        except (DriverError, Neo4jError, ImportError, OSError, ValueError) as error:
            refused = isinstance(error, (AuthError, ConfigurationError, ImportError, ValueError))
            ended = jvm is not None and not jvm.is_up()
            if refused or ended or time.monotonic() > deadline:
                late = "java ended by itself" if ended else f"no answer in {seconds:.0f} s"
                log = f"; its last lines:\n{_cut(jvm.log.read_bytes())}" if jvm else ""
                msg = f"{server.how}, {server.uri}: {'refused' if refused else late} ({error}){log}"
                raise ServerUnavailable(msg) from error
        time.sleep(0.2)


def _run(command: list[str], seconds: float) -> str:
    try:
        done = run(command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, timeout=seconds, check=True)
    except (CalledProcessError, TimeoutExpired) as error:
        msg = f"{error} {_cut(error.stdout or b'')}"
        raise ServerUnavailable(msg) from error
    return _cut(done.stdout)


def _cut(output: bytes) -> str:
    return "\n".join(output.decode(errors="replace").strip().splitlines()[-15:])


def _find_port() -> int:
    """Find a free port below those the system gives to clients, so it stays free over a stop."""
    while True:
        port = random.randint(20000, 32000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def main() -> None:
    """Start a server, print its variables and keep it up until Ctrl-C or the end of input."""
    try:
        with neo4j_server() as server, suppress(KeyboardInterrupt):
            names = ("uri", "user", "password")
            print(*(f"NEO4J_TEST_{n.upper()}={getattr(server, n)}" for n in names), flush=True)
            sys.stdin.read()
    except ServerUnavailable as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
