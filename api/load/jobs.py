"""Uploads on their way into the graph: a folder each, with the files as they came, what is told of them, its state.

What is done with one is done by a process of its own (``api.load.work``), which holds a lock for as long as it lives: a
lock that nobody holds is one whose process is gone, whatever has its number now, and then it is begun again.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from graph.errors import NotFound, NotNow
from graph.moments import new_id, now
from graph.outputs import write_text
from graph.settings import Settings

KEPT = 24 * 3600.0  # seconds that an upload is kept: there are people's names in it
PARTLY = 3600.0  # seconds after which an upload that never came to its end is swept
TRIES = 3  # times that a process may end without a word
WORKING = ("previewing", "loading")
ROOT = Path(__file__).resolve().parent.parent.parent
ID = re.compile(r"\d{8}-[0-9a-f]{8}")
GUARD_SECONDS = 20.0


@dataclass
class LoadJob:
    """One upload and how far it is: ``previewing``, ``previewed``, ``loading``, ``done``, ``failed`` or
    ``cancelled``; ``round`` counts its previews, ``seen`` is the version of the graph that the last one was made on.

    One that has no files takes the load of which ``back`` is the id back.
    """

    id: str
    store: str
    by: str
    at: str
    files: list[str]
    size: int = 0
    role: str = ""
    source: str = ""
    status: str = ""
    leader: str = ""
    kind: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    keep: dict[str, str] = field(default_factory=dict)
    edition: str = "auto"
    census: str = ""
    back: str = ""
    why: str = ""
    state: str = "previewing"
    round: int = 1
    tries: int = 0
    seen: str = ""
    moved: bool = False
    problem: str = ""
    ended: str = ""

    @classmethod
    def read(cls, folder: Path) -> "LoadJob":
        """Return the job of a folder; raises ``NotFound`` where there is none."""
        try:
            said = json.loads((folder / "job.json").read_text("utf-8"))
        except (OSError, ValueError):
            raise NotFound(f"没有编号为“{folder.name[:60]}”的载入，可能已过 24 小时，文件已清除") from None
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in said.items() if name in known})

    def write(self, folder: Path) -> None:
        """Keep the job."""
        write_text(folder / "job.json", json.dumps(asdict(self), ensure_ascii=False))

    @property
    def told(self) -> dict[str, str]:
        """Return what was said of the whole files."""
        return {name: getattr(self, name) for name in ("source", "status") if getattr(self, name)}


@contextmanager
def changing(folder: Path) -> Iterator[LoadJob]:
    """Yield the job of a folder to be changed by one alone; it is kept when the block ends without an error."""
    if not folder.is_dir():
        LoadJob.read(folder)  # says that there is none
    with FileLock(folder / "guard.lock", timeout=GUARD_SECONDS):
        job = LoadJob.read(folder)
        yield job
        job.write(folder)


def files_of(folder: Path, job: LoadJob) -> list[Path]:
    """Return the files of a job in the order in which they came."""
    return [folder / "files" / name for name in job.files]


def read_made(folder: Path, name: str) -> dict[str, Any] | None:
    """Return what the process of a job has written, if it has."""
    try:
        made: dict[str, Any] = json.loads((folder / name).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return made


def lock_of(folder: Path) -> FileLock:
    """Return the lock that the process of a job holds while it lives."""
    return FileLock(folder / "work.lock", timeout=0)


class Jobs:
    """The uploads of a store."""

    def __init__(self, settings: Settings, url: str, database: str | None = None) -> None:
        self.root = settings.uploads
        self.url = url
        self.mark = hashlib.sha256(f"{url} {database or ''}".encode()).hexdigest()[:16]
        self._environment = _environment(settings, url, database)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._guard = threading.Lock()

    def folder(self, id: str) -> Path:
        """Return the folder of a job; raises ``NotFound`` for what can be none's."""
        if not ID.fullmatch(id):
            raise NotFound(f"没有编号为“{id[:60]}”的载入")
        return self.root / id

    def begin(self) -> Path:
        """Return a new folder into which files come; it is no job's until it is ``add``-ed."""
        self.root.mkdir(parents=True, exist_ok=True)
        if os.name == "posix":
            self.root.chmod(0o700)
        folder = self.root / f".part-{secrets.token_hex(8)}"
        (folder / "files").mkdir(parents=True, mode=0o700)
        return folder

    def add(self, folder: Path, job: LoadJob) -> LoadJob:
        """Make a folder whose files have come the job's, and begin what its state says."""
        job.write(folder)
        folder.rename(self.folder(job.id))
        self._start(self.folder(job.id))
        return job

    def drop(self, folder: Path) -> None:
        """Remove a folder that becomes no job's."""
        shutil.rmtree(folder, ignore_errors=True)

    def find(self, id: str) -> LoadJob:
        """Return a job of this store; one whose process is gone is begun again."""
        job = LoadJob.read(self.folder(id))
        if job.store != self.mark:
            raise NotFound(f"没有编号为“{id[:60]}”的载入")
        return self._resumed(job)

    def all(self) -> list[LoadJob]:
        """Return the jobs of this store, the newest first; what is too old is swept, what was cut off begun again."""
        self.sweep()
        found: list[LoadJob] = []
        for folder in self.root.glob("*-*") if self.root.is_dir() else ():
            with suppress(NotFound):
                if ID.fullmatch(folder.name):
                    found.append(self.find(folder.name))
        return sorted(found, key=lambda job: job.at, reverse=True)

    def sweep(self) -> None:
        """Remove the folders that have been kept long enough; one that is at work stays."""
        for folder in [*self.root.iterdir()] if self.root.is_dir() else []:
            if not folder.is_dir():
                continue
            with suppress(OSError):
                part = folder.name.startswith(".part-")
                stamps = [folder, *folder.glob("files/*")] if part else [folder / "job.json"]
                age = time.time() - max(one.stat().st_mtime for one in stamps)
                old = age > PARTLY if part else age > KEPT and ID.fullmatch(folder.name) is not None
                if old and not (not part and LoadJob.read(folder).state in WORKING and self._at_work(folder)):
                    shutil.rmtree(folder, ignore_errors=True)

    def preview(self, id: str, told: Mapping[str, Any] | None = None) -> LoadJob:
        """Begin the preview of an upload, anew where something else is ``told`` of it."""
        folder = self.folder(id)
        with changing(folder) as job:
            if job.back or job.state not in ("previewing", "previewed", "failed"):
                raise NotNow(WHY_NOT.get(job.state, WHY_NOT["done"]))
            self._end_process(folder)
            for name, value in (told or {}).items():
                setattr(job, name, value)
            job.state, job.tries, job.problem, job.moved = "previewing", 0, "", told is None and job.moved
            job.round, job.seen = job.round + 1, ""
            (folder / "progress.json").unlink(missing_ok=True)
        self._start(folder)
        return job

    def confirm(self, id: str, version: str, by: str, role: str) -> LoadJob:
        """Begin the load of what was seen; where the graph has another ``version`` now, it is to be seen anew first.

        Confirming again what is loading or loaded changes nothing.
        """
        folder = self.folder(id)
        with changing(folder) as job:
            if job.state in ("loading", "done"):
                return job
            if job.state != "previewed" and not (job.state == "failed" and job.seen):
                raise NotNow(WHY_NOT.get(job.state, WHY_NOT["previewing"]))
            moved = job.seen != version
            if not moved:
                job.state, job.tries, job.problem, job.by, job.role = "loading", 0, "", by, role
                (folder / "progress.json").unlink(missing_ok=True)
            else:
                job.moved = True
        if moved:
            return self.preview(id)
        self._start(folder)
        return job

    def take_back(self, load: str, by: str, role: str, why: str) -> LoadJob:
        """Begin to take a load back; raises ``NotNow`` where that is being done."""
        if any(job.back == load and job.state == "loading" for job in self.all()):
            raise NotNow("正在撤回这次载入，请等它做完")
        job = LoadJob(new_id(), self.mark, by, now(), [], role=role, back=load, why=why, state="loading")
        return self.add(self.begin(), job)

    def cancel(self, id: str) -> LoadJob:
        """End what is done with an upload and remove its files; raises ``NotNow`` where it is loaded already."""
        folder = self.folder(id)
        with changing(folder) as job:
            if job.state in ("done", "cancelled"):
                raise NotNow(WHY_NOT[job.state])
            self._end_process(folder)
            job.state, job.ended = "cancelled", now()
            job.columns, job.keep = {}, {}
            for inside in folder.iterdir():
                if inside.is_dir():
                    shutil.rmtree(inside, ignore_errors=True)
                elif inside.name not in ("job.json", "guard.lock", "work.lock"):
                    inside.unlink(missing_ok=True)
        return job

    def done(self, id: str) -> LoadJob:
        """Keep that an upload has been loaded, whatever was known of it."""
        with changing(self.folder(id)) as job:
            job.state, job.ended = "done", job.ended or now()
        return job

    def resume(self) -> None:
        """Sweep, and begin again what a server that has ended was waiting for."""
        self.all()

    def _resumed(self, job: LoadJob) -> LoadJob:
        if job.state not in WORKING or self._at_work(self.folder(job.id)):
            return job
        with changing(self.folder(job.id)) as fresh:
            if fresh.state not in WORKING or self._at_work(self.folder(job.id)):
                return fresh
            fresh.tries += 1
            if fresh.tries >= TRIES:
                fresh.state, fresh.ended, fresh.problem = "failed", now(), ENDED
                return fresh
        self._start(self.folder(job.id))
        return fresh

    def _start(self, folder: Path) -> None:
        scratch = folder / "scratch"  # what a process that is killed leaves goes with the folder
        scratch.mkdir(mode=0o700, exist_ok=True)
        with self._guard, (folder / "work.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "api.load.work", str(folder)],
                env={**self._environment, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,  # it goes on when the server ends
            )
            self._processes[folder.name] = process
            threading.Thread(target=self._wait, args=(folder.name, process), daemon=True).start()

    def _wait(self, id: str, process: "subprocess.Popen[bytes]") -> None:
        process.wait()
        with self._guard:
            if self._processes.get(id) is process:
                del self._processes[id]

    def _at_work(self, folder: Path) -> bool:
        """Tell whether a process works on a folder, or is about to."""
        return folder.name in self._processes or _held(folder)

    def _end_process(self, folder: Path) -> None:
        """End the process of a folder with all that it has started; nothing that has taken its number since."""
        process = self._processes.get(folder.name)
        if process is not None and process.poll() is None:
            _kill(process.pid)
            process.wait(GUARD_SECONDS)
        elif _held(folder):
            with suppress(OSError, ValueError):
                _kill(int((folder / "work.pid").read_text("ascii")))
        until = time.monotonic() + GUARD_SECONDS
        while _held(folder) and time.monotonic() < until:
            time.sleep(0.02)


ENDED = "处理它的进程几次都意外结束了，可能是内存不够。图没有变；请把文件拆小些再上传"
WHY_NOT = {
    "previewing": "预览还没有做完，请等它做完再确认",
    "loading": "正在载入，不能再改；可以取消",
    "done": "已经载入了；要退回请用“撤回”",
    "failed": "没有预览成功，请按提示改好再试",
    "cancelled": "已经取消，文件已清除；要载入请再上传",
}


def _held(folder: Path) -> bool:
    if not folder.is_dir():  # a lock would make it anew
        return False
    try:
        with lock_of(folder):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)


def _environment(settings: Settings, url: str, database: str | None) -> dict[str, str]:
    """Return what a process of ours is told; secrets go this way, never on the command line."""
    mine, theirs = urlsplit(settings.store), urlsplit(url)
    same = theirs.hostname and (mine.scheme, mine.hostname, mine.port) == (theirs.scheme, theirs.hostname, theirs.port)
    told = {"LIANZHANG_STORE": settings.store if same else url}  # ours may say who we are
    told |= {"LIANZHANG_NEO4J_USER": settings.neo4j_user, "LIANZHANG_LOAD_NICE": str(settings.load_nice)}
    if settings.neo4j_password:
        told["LIANZHANG_NEO4J_PASSWORD"] = settings.neo4j_password.get_secret_value()
    if database or settings.neo4j_database:
        told["LIANZHANG_NEO4J_DATABASE"] = str(database or settings.neo4j_database)
    paths = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, **told, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "PYTHONUTF8": "1"}
