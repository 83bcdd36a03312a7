"""Processes that read the graph: as many queries at once as there are
processes, the rest wait in a line that has an end."""

import os
import pickle
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import polars as pl
from pydantic_core import from_json

from graph import deadline
from graph.errors import Busy, CypherClosed, LianzhangError, QueryError, QueryTimeout, StoreUnavailable
from graph.stores.ladybug.generations import Ready
from graph.stores.ladybug.nursery import Gone, Nursery, nursery
from graph.stores.ladybug.tables import MAPPED, translate

POOL = 256 << 20  # a cap on what one process keeps of the file and of an answer; a multiple of 256 MB, see FULL
FULL = "buffer pool is full"  # the engine leaks a page of its temporary address space at each of these
BROKEN = "Maximum database size"  # that space is used up: answers after this may overwrite live memory
MOST_FULL = 3  # of the former before a process is replaced; after one of the latter it is at once
LINE = 100  # questions that may wait
LINE_SECONDS = 10.0  # how long one may
RETRY_AFTER = 2  # seconds, told to who was turned away
START_SECONDS = 60.0
GRACE = 1.0  # beyond a query's own time, before its process is ended
STEP = 0.25  # how often somebody who waits for an answer is asked whether he still does
RESTING = POOL + (256 << 20)  # a process that keeps more than this after an answer is replaced
UNLIMITED = "不能接受外部 Cypher: 这台机器的系统不能限制执行它的进程({})。请在 Linux 上运行,或改用 Neo4j"


@dataclass(frozen=True)
class Limits:
    """What the processes of a pool may take: ``memory`` beyond the pool, in
    bytes, and ``size`` of an answer; 0 and None set none."""

    memory: int = 0
    size: int | None = None

    @property
    def outside(self) -> bool:
        """Tell whether what is run here came from outside."""
        return bool(self.memory)


class Lost(Exception):
    """A process ended before it answered."""


class Worker:
    """One process with one graph file open."""

    def __init__(self, file: Ready, limits: Limits) -> None:
        self.file = file
        self.fulls = 0
        self.longest = None if limits.size is None else limits.size + (1 << 20)  # what is longer is not what was agreed
        ours, theirs = Pipe()
        with theirs:
            home, self.pid = _split_off(theirs)
        self.link: Connection[Any, Any] = ours
        self.owing = True  # it has not said yet what it was asked
        self.stop = partial(_stop, home, self.pid)
        self.end = weakref.finalize(self, _end, self.stop, ours)
        try:
            self.link.send({"path": str(file.path), "pool": POOL, "mapped": MAPPED, "memory": limits.memory})
            opened = from_json(self._receive(time.monotonic() + START_SECONDS))
        except BaseException as error:
            self.end()
            if isinstance(error, Lost):
                raise StoreUnavailable(_unopened(file.path, "打开时进程中断")) from None
            raise
        if "error" in opened:
            self.end()
            raise StoreUnavailable(_unopened(file.path, opened["error"].splitlines()[0][:300]))
        if "unlimited" in opened:
            self.end()
            raise CypherClosed(UNLIMITED.format(opened["unlimited"]))
        self.owing = False

    def ask(self, question: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Return what the process says to a question, and the frame where one
        was asked for; raises ``Lost`` and ``QueryTimeout``."""
        until = time.monotonic() + question["seconds"] + GRACE
        try:
            message = pickle.dumps(question)
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            raise QueryError(f"查询的参数不能使用: {error}") from error
        self.owing = True
        try:
            self.link.send_bytes(message)
        except OSError:
            raise Lost from None
        said: dict[str, Any] = from_json(self._receive(until))
        frame = self._receive(until) if question["frame"] and "error" not in said else b""
        self.owing = False
        return said, frame

    @property
    def ended(self) -> bool:
        """Tell of a process that owes nothing whether it is no more: all that it can have said is its end."""
        return self.link.poll(0)

    @property
    def sound(self) -> bool:
        """Tell whether the process may be asked again."""
        return not self.owing and self.fulls < MOST_FULL and self.resident() <= RESTING

    def _receive(self, until: float) -> bytes:
        """Wait for a message as long as somebody waits for the answer."""
        try:
            while not self.link.poll(min(STEP, max(0.0, until - time.monotonic()))):
                deadline.check()
                if time.monotonic() >= until:
                    raise QueryTimeout("查询到时仍未结束,已停止。请缩小范围或加 LIMIT")
            return self.link.recv_bytes(self.longest)
        except (EOFError, OSError) as error:
            if isinstance(error, LianzhangError):
                raise
            raise Lost from None

    def resident(self) -> int:
        """Return the bytes of memory that the process has; 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _split_off(link: "Connection[Any, Any]") -> tuple[Nursery, int]:
    """Return the number of a new process that talks over a link, and who ends it."""
    for last in (False, True):  # a nursery that somebody killed is made anew
        home = nursery()
        try:
            return home, home.start(link.fileno())
        except Gone as error:
            if last:
                raise StoreUnavailable(f"这台机器不能再启动读图的进程({error}),请稍后重试") from error
    raise AssertionError("the last try returns or raises")


def _stop(home: Nursery, pid: int) -> None:
    """End a process at once; it has nothing to lose. Where its nursery is gone, it ends with its link."""
    with suppress(Gone):
        home.end(pid)


def _end(stop: Callable[[], None], link: "Connection[Any, Any]") -> None:
    link.close()
    stop()


def _unopened(path: Path, why: str) -> str:
    return f"打不开图文件 {path}: 它可能损坏或由不同的版本写成({why}),请用 lianzhang verify 核对"


class Pool:
    """Some processes and the line before them."""

    def __init__(self, size: int, limits: Limits = Limits()) -> None:
        self.size = size
        self.limits = limits
        self._free = threading.Semaphore(size)
        self._guard = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self.waiting = 0
        self.replaced = 0

    def read(
        self, file: Ready, query: str, parameters: Mapping[str, Any], seconds: float, limit: int | None = None
    ) -> tuple[list[str], list[list[Any]], bool]:
        """Return the columns and rows of a query on a file, and whether they were cut."""
        said, _ = self._ask(file, query, parameters, seconds, limit)
        return said["names"], said["rows"], said["truncated"]

    def frame(self, file: Ready, query: str, seconds: float) -> pl.DataFrame:
        """Return the answer of a query on a file as a frame."""
        return pl.read_ipc_stream(self._ask(file, query, {}, seconds, frame=True)[1])

    def start(self, file: Ready) -> None:
        """Have a process ready; raises where there can be none."""
        with self._turn(), self._worker(file):
            return

    @property
    def running(self) -> int:
        """Return how many queries are being answered."""
        return len(self._busy)

    def close(self) -> None:
        """End every process, whatever it does; the next question starts another."""
        with self._guard:
            idle, busy = list(self._idle), list(self._busy)
            self._idle.clear()
        for worker in idle:
            worker.end()
        for worker in busy:  # who asked it is told that it is lost
            worker.stop()

    def _ask(
        self,
        file: Ready,
        query: str,
        parameters: Mapping[str, Any],
        seconds: float,
        limit: int | None = None,
        frame: bool = False,
    ) -> tuple[dict[str, Any], bytes]:
        own = {"query": query, "parameters": dict(parameters), "limit": limit, "size": self.limits.size, "frame": frame}
        with self._turn():
            # what came from outside and broke a process is not tried on another one
            for last in (
                self.limits.outside,
                True,
            ):
                allowed = deadline.seconds_left(seconds)
                answer = self._try(file, own | {"seconds": allowed}, last)
                if answer is not None:
                    return answer
        raise AssertionError("the last try answers or raises")

    def _try(self, file: Ready, question: Mapping[str, Any], last: bool) -> tuple[dict[str, Any], bytes] | None:
        """Ask one process; None where another one should be asked."""
        with self._worker(file) as worker:
            try:
                said, frame = worker.ask(question)
            except Lost:
                if not last:
                    return None
                raise self._lost() from None
            error = said.get("error")
            if error is None:
                return said, frame
            if FULL in error:
                worker.fulls += 1
            if BROKEN in error:
                worker.fulls = MOST_FULL
                if not last:
                    return None
            raise self._refusal(error, said["kind"], question["seconds"])

    def _lost(self) -> LianzhangError:
        if self.limits.outside:
            return QueryError("查询没有完成: 执行它的进程超过了内存上限而中断。请缩小范围或加 LIMIT")
        return StoreUnavailable("读图的进程接连中断,没有答案。请稍后重试;仍不行请运行 lianzhang verify 检查图文件")

    def _refusal(self, error: str, kind: str, seconds: float) -> LianzhangError:
        if kind == "memory" or FULL in error or BROKEN in error or "bad_alloc" in error:
            if self.limits.outside:
                return QueryError(
                    f"查询要的内存超过上限({(POOL + self.limits.memory) >> 20} MB),已停止。请缩小范围或加 LIMIT"
                )
            return StoreUnavailable("读图的进程内存不够,没有答案,请稍后重试")
        return translate(error, kind, seconds)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait in the line for the right to ask; raises ``Busy`` where it is too long or does not move."""
        with self._guard:
            if self.waiting >= LINE:
                raise Busy(f"等待回答的查询已有 {self.waiting} 个,请在 {RETRY_AFTER} 秒后重试", retry_after=RETRY_AFTER)
            self.waiting += 1
        try:
            until = time.monotonic() + LINE_SECONDS
            while not self._free.acquire(timeout=STEP):
                deadline.check()
                if time.monotonic() > until:
                    raise Busy(
                        f"前面的查询 {LINE_SECONDS:g} 秒内没有让出位置,请在 {RETRY_AFTER} 秒后重试",
                        retry_after=RETRY_AFTER,
                    )
        finally:
            with self._guard:
                self.waiting -= 1
        try:
            yield
        finally:
            self._free.release()

    @contextmanager
    def _worker(self, file: Ready) -> Iterator[Worker]:
        """Lend a process that has the file open; one that is no longer sound does not come back."""
        worker = self._take(file)
        try:
            yield worker
        finally:
            sound = worker.sound
            with self._guard:
                self._busy.discard(worker)
                if sound:
                    self._idle.append(worker)
                else:
                    self.replaced += 1
            if not sound:
                worker.end()

    def _take(self, file: Ready) -> Worker:
        """Return an idle process that has the file open, or a new one in the place of one that has another."""
        with self._guard:
            dead = [worker for worker in self._idle if worker.ended]
            self._idle = [worker for worker in self._idle if worker not in dead]
            self.replaced += len(dead)
            fitting = next((worker for worker in reversed(self._idle) if worker.file == file), None)
            stale = self._idle[0] if fitting is None and len(self._idle) + len(self._busy) >= self.size else None
            for taken in (fitting, stale):
                if taken is not None:
                    self._idle.remove(taken)
            if fitting is not None:
                self._busy.add(fitting)
                return fitting
        if stale is not None:
            stale.end()
        worker = Worker(file, self.limits)
        with self._guard:
            self._busy.add(worker)
        return worker
