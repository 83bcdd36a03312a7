"""The process that previews or loads one upload: ``python -m api.load.work FOLDER``; the folder says which of both.

It holds the folder's lock while it lives and writes there how far it is and what came of it. One for the same folder
ends at once, one for another folder waits for its turn: two loads at a time would take the machine from the readers.
"""

import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from api.load.jobs import LoadJob, changing, files_of, lock_of
from api.load.words import for_page
from graph.moments import now
from graph.outputs import write_text

if TYPE_CHECKING:
    from graph.stores import Store
    from loaders.run import Options

GROUP = Path("/proc/self/autogroup")  # where sessions are weighed against each other, nice alone says nothing there
PAUSE = 0.3  # seconds between two words about how far it is
BUSY_PAUSE = 2.0
MOST_BUSY = 3600.0
TURN = "turn.lock"


class WorkProgress:
    """How far the work is, written down now and then."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "progress.json"
        self._last = ("", 0.0)

    def __call__(self, text: str, rows: int = 0) -> None:
        """Tell what is being done, and with how many rows it is done."""
        now = time.monotonic()
        if text == self._last[0] and now - self._last[1] < PAUSE:
            return
        self._last = text, now
        write_text(self.file, json.dumps({"text": text, "rows": rows, "at": time.time()}, ensure_ascii=False))


def main(folder: Path) -> int:
    """Do what a folder waits for."""
    lock = lock_of(folder)
    try:
        lock.acquire()
    except Timeout:
        return 0  # somebody is at it
    with lock:
        write_text(folder / "work.pid", str(os.getpid()))
        _step_back(int(os.environ.get("LIANZHANG_LOAD_NICE", "0")))
        job, progress = LoadJob.read(folder), WorkProgress(folder)
        if job.state not in ("previewing", "loading"):
            return 0
        progress("准备载入" if job.state == "loading" else "准备读文件")
        scratch = folder / "scratch"
        for left in scratch.iterdir() if scratch.is_dir() else ():  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        with _turn(folder.parent / TURN, progress):
            _work(folder, job, progress)
    return 0


def _step_back(nice: int) -> None:
    """Let readers go first."""
    if hasattr(os, "nice"):
        os.nice(nice)
    with suppress(OSError):
        GROUP.write_text(str(nice), "ascii")


def _turn(path: Path, progress: WorkProgress) -> FileLock:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("前面还有一份在处理，排着队")
        lock.acquire()
        lock.release(force=False)
        return _turn(path, progress)
    return lock


def _work(folder: Path, job: LoadJob, progress: WorkProgress) -> None:
    from graph.errors import LianzhangError, LoadBusy
    from graph.stores import open_store

    store = open_store()
    until = time.monotonic() + MOST_BUSY
    try:
        while True:
            try:
                do: Callable[..., None] = _preview if job.state == "previewing" else _take_back if job.back else _load
                do(folder, job, store, progress)
            except LoadBusy as error:
                if time.monotonic() > until:
                    _fail(folder, job, f"等了很久，{error.message}")
                    return
                progress("别处正在载入，等它结束后接着做")
                time.sleep(BUSY_PAUSE)
                continue
            except LianzhangError as error:
                _fail(folder, job, error.message)
            except OSError as error:
                _fail(folder, job, f"读写文件出了错：{error.strerror or error}")
            except MemoryError:
                _fail(folder, job, "内存不够，没有做完；图没有变。请把文件拆小些再上传")
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException:  # what reads files may panic, and a panic is no Exception
                traceback.print_exc()
                _fail(folder, job, "读这份文件时出了没有料到的错，没有载入；请另存一份再试，仍不行请找管理员")
            return
    finally:
        store.close()


def _options(folder: Path, job: LoadJob, progress: WorkProgress) -> "Options":
    from graph.model import find_type
    from loaders.run import Options

    return Options(
        kind=find_type(job.kind) if job.kind else None,
        step=progress,
        by=job.by,
        proof=job.told,
        leader=job.leader,
        columns=job.columns,
        keep=job.keep,
        edition={"yes": True, "no": False}.get(job.edition),
        id=job.id,
        census=job.census,
    )


def _preview(folder: Path, job: LoadJob, store: "Store", progress: WorkProgress) -> None:
    from api.load.seen import preview

    began = time.monotonic()
    options = _options(folder, job, progress)
    made = preview(files_of(folder, job), store, options)
    made["seconds"] = round(time.monotonic() - began, 1)
    name = f"preview-{job.round}.json"
    write_text(folder / name, json.dumps(made, ensure_ascii=False, default=str))
    with changing(folder) as fresh:
        if (fresh.state, fresh.round) == ("previewing", job.round):
            fresh.state, fresh.seen, fresh.tries = "previewed", made["version"], 0
    for old in folder.glob("preview-*.json"):
        if old.name != name:
            old.unlink(missing_ok=True)


def _load(folder: Path, job: LoadJob, store: "Store", progress: WorkProgress) -> None:
    from api.load.seen import loaded
    from loaders.run import load

    began = time.monotonic()
    options = _options(folder, job, progress)
    options.rejects = folder / "rejects"
    report = load(files_of(folder, job), store, options)
    made: dict[str, Any] = loaded(report) | {"seconds": round(time.monotonic() - began, 1)}
    _end(folder, made)


def _take_back(folder: Path, job: LoadJob, store: "Store", progress: WorkProgress) -> None:
    from dataclasses import asdict

    from api.load.doing import standing
    from loaders.loads import TakenBack, find_load, take_back
    from loaders.replay import Difference

    record = find_load(store, job.back)
    if record.state == "taken_back" and record.back_by == job.by and record.back_at >= job.at:
        done = TakenBack(record, Difference())  # by the process before this one, which did not come to say so
    else:
        done = take_back(store, job.back, job.by, job.why, progress)
    _end(folder, asdict(done.difference) | {"record": standing(done.record).model_dump(), "kept": done.kept})


def _end(folder: Path, made: dict[str, Any]) -> None:
    write_text(folder / "report.json", json.dumps(made, ensure_ascii=False, default=str))
    with changing(folder) as fresh:
        if fresh.state == "loading":
            fresh.state, fresh.ended = "done", now()


def _fail(folder: Path, job: LoadJob, why: str) -> None:
    with changing(folder) as fresh:
        if (fresh.state, fresh.round) == (job.state, job.round):
            fresh.state, fresh.problem, fresh.ended = "failed", for_page(why), now()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
