"""Generations of an embedded graph file: a load builds the next one beside the current and swaps it in atomically."""

import errno
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from graph.errors import InputError, LianzhangError, LoadBusy, NotFound, StoreUnavailable
from graph.stores.ladybug import checksums, states
from graph.stores.ladybug.checksums import Seal
from graph.stores.ladybug.states import Condition, FileState

KEEP = 2
LOCK_SECONDS = 10.0  # that a load waits for another
LEFT_BEHIND = ("building-*", "link-*", "back-*", "*.sum.*.new")
SETTLED = 50_000_000  # nanoseconds: two changes so close together may bear the same time
BACK = "请先用 lianzhang rollback --dry-run 查看各代,再用 lianzhang rollback 退回"


@dataclass(frozen=True)
class Ready:
    """The current file, found to be what was written; whoever has opened it opens it anew where this is another."""

    path: Path
    seal: Seal


@dataclass(frozen=True)
class Generation:
    """A numbered graph file; ``state`` is known where it was looked at."""

    path: Path
    number: int
    written_at: str
    size: int
    current: bool
    verdict: Condition

    @property
    def title(self) -> str:
        """Return in words which one it is."""
        return f"第 {self.number} 代({self.path.stem},{self.written_at},{self.size / 1e6:.1f} MB)"


class Generations:
    """The folder ``NAME.lbug.d`` of numbered graph files; ``NAME.lbug`` is a link to the current one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.with_name(path.name + ".d")
        self._verdicts: dict[tuple[Path, bool], tuple[tuple[Seal, Seal | None], int, Condition]] = {}
        self._guard = threading.Lock()

    def current(self) -> Path | None:
        """Return the file that readers see now, None before the first load;
        raises where there is one that cannot be reached."""
        try:
            target = self.path.resolve(strict=True)
        except FileNotFoundError:
            if self.path.is_symlink():
                raise self._refusal(f"{self.path} 指向的 {os.readlink(self.path)} 不见了") from None
            if self.finished():
                raise self._refusal(f"{self.path} 不见了,而 {self.folder.name} 里还有各代数据") from None
            return None
        except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself, before Python 3.13
            why = getattr(error, "strerror", None) or "链接绕回自身"
            raise StoreUnavailable(f"打不开图文件 {self.path}: {why}。请检查路径与权限,或换一个 --store") from error
        if not target.is_file():
            raise self._refusal(f"{self.path} 不是文件{'而是目录' if target.is_dir() else ''}")
        return target

    def ready(self) -> Ready | None:
        """Return the current file after checking it, None before the first load; call
        it before every use: it costs next to nothing while the file is as it was."""
        current = self.current()
        if current is None:
            return None
        try:
            return Ready(current, self.check(current))
        except StoreUnavailable:
            if (latest := self.current()) is None or latest == current:
                raise
            return Ready(latest, self.check(latest))  # another load has swapped the next one in

    def check(self, path: Path) -> Seal:
        """Raise ``StoreUnavailable`` where a file is not what was written; returns what the file system says of it."""
        try:
            seal = Seal.of(path)
        except OSError as error:
            raise self._refusal(f"{path} 读不了({error.strerror})") from error
        verdict = self._verdict(path)
        if verdict.state is FileState.damaged:
            raise self._refusal(f"{path}: {verdict.problem}")
        return seal

    def confirm(self, ready: Ready) -> None:
        """Raise where a file was damaged while answers were read from it; one
        that was removed meanwhile is still whole to its readers."""
        with suppress(FileNotFoundError):
            if Seal.of(ready.path) != ready.seal:
                self.check(ready.path)

    def version(self) -> str:
        """Return the name of the current generation, or ``empty``."""
        current = self.current()
        return "empty" if current is None else self.version_of(current)

    def version_of(self, current: Path) -> str:
        """Return the name of a generation."""
        if current.parent == self.folder.resolve():
            return current.stem
        seal = Seal.of(current)
        return f"plain-{seal.inode:x}-{seal.written:x}-{seal.size:x}"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the right to write; a killed process lets go of it by itself."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            held = FileLock(self.folder / "lock")
            held.acquire(timeout=LOCK_SECONDS)
        except Timeout:
            raise LoadBusy(f"另一个载入正在写 {self.path},请等它结束后再试") from None
        except OSError as error:
            raise StoreUnavailable(
                f"不能写入 {self.path.parent}: {error.strerror},请检查目录权限或换一个 --store"
            ) from error
        try:
            self._sweep()
            yield
        finally:
            held.release()

    def begin(self, fresh: bool = False) -> Path:
        """Return a private copy of the current generation (or a new path) to write into; call it under the lock."""
        building = self.folder / f"building-{os.getpid()}.lbug"
        ready = None if fresh else self.ready()
        if ready:
            with self._writing(), self._swept():
                wrong = checksums.copy(ready.path, building, checksums.read(ready.path))
            if wrong:
                building.unlink()
                raise self._refusal(f"{ready.path}: {states.places(wrong)}")
        return building

    def commit(self, building: Path) -> None:
        """Make the finished file the current generation; readers of the old one are not disturbed."""
        with self._writing(), self._swept():
            previous = self._keep_plain() or self.current()
            target = self._next()
            # The file is unfinished as long as this link is there.
            link = self.folder / f"link-{os.getpid()}"
            link.unlink(missing_ok=True)
            link.symlink_to(Path(self.folder.name) / target.name)
            _sync(building)
            os.replace(building, target)
            checksums.save(target, checksums.measure(target))
            self._swap(link)
        with suppress(OSError):  # what cannot be removed stays
            self._prune(target, previous)

    def finished(self) -> list[Path]:
        """Return the graph files that were swapped in once, the newest first."""
        unfinished = {target.name for target in self._unfinished()}
        try:
            names = sorted(os.listdir(self.folder), reverse=True)
        except OSError:
            return []
        return [self.folder.resolve() / name for name in names if _number(name) and name not in unfinished]

    def listed(self, look: Callable[[Path], Condition] | None = None) -> list[Generation]:
        """Return all generations, the newest first, each looked at."""
        look = look or (lambda path: self._verdict(path, whole=True))
        with suppress(OSError, RuntimeError):
            current = self.path.resolve(strict=True)
            plain = [current] if current.parent != self.folder.resolve() and current.is_file() else []
            return [self._described(path, path == current, look) for path in (*plain, *self.finished())]
        return [self._described(path, False, look) for path in self.finished()]

    def rollback(self, to: str | None = None, dry_run: bool = False) -> tuple[list[Generation], Generation]:
        """Make the newest good generation before the current (or the named one)
        the current; returns all and the one chosen."""
        if dry_run:
            known = self.listed()
            return known, self._choose(known, to)
        with self.lock():
            known = self.listed()
            chosen = self._choose(known, to)
            with self._writing():
                self._keep_plain()
                if self.path.is_dir():
                    os.rename(self.path, self.folder / f"replaced-{os.urandom(3).hex()}")
                link = self.folder / f"back-{os.getpid()}"
                link.unlink(missing_ok=True)
                link.symlink_to(Path(self.folder.name) / chosen.path.name)
                self._swap(link)
            return known, chosen

    def _choose(self, known: list[Generation], to: str | None) -> Generation:
        if not known:
            raise NotFound(f"{self.folder} 里没有任何一代数据,请用 lianzhang load 载入,或从备份恢复")
        if to is not None:
            named = [
                generation
                for generation in known
                if to in (generation.path.stem, generation.path.name)
                or (to.isdecimal() and int(to) == generation.number)
            ]
            if len(named) != 1:
                there = "、".join(generation.path.stem for generation in known)
                raise NotFound(f"没有{'唯一的' if named else ''}第 {to} 代;现有 {there}")
            if named[0].verdict.state is FileState.damaged:
                raise InputError(f"{named[0].title}损坏: {named[0].verdict.problem};没有退回,请另选一代")
            return named[0]
        limit = self._current_number(known)
        usable = [
            generation
            for generation in known
            if not generation.current and generation.number and generation.verdict.state is not FileState.damaged
        ]
        before = [generation for generation in usable if limit is None or generation.number < limit]
        before.sort(key=lambda generation: generation.verdict.state is not FileState.good)
        if not before:
            later = f";比它新的完好的有{usable[0].title},可用 --to {usable[0].number}" if usable else ""
            raise NotFound(f"没有更早的完好的一代可以退回{later}")
        return before[0]

    def _current_number(self, known: list[Generation]) -> int | None:
        """Return the number of the current generation, also where its file is
        gone; None where no generation is current."""
        return _number(self._link_name()) or next(
            (generation.number for generation in known if generation.current and generation.number), None
        )

    def _described(self, path: Path, current: bool, look: Callable[[Path], Condition]) -> Generation:
        stat = path.stat()
        written = datetime.fromtimestamp(int(stat.st_mtime)).astimezone().isoformat()
        return Generation(path, _number(path.name) or 0, written, stat.st_size, current, look(path))

    def _verdict(self, path: Path, whole: bool = False) -> Condition:
        """Look at a file, once as long as neither it nor its checksums change."""
        try:
            seals = Seal.of(path), _seal(checksums.file_of(path))
        except OSError as error:
            return Condition(FileState.damaged, f"读不了它({error.strerror})")
        asked = time.time_ns()
        known = self._verdicts.get((path, whole))
        if known and known[0] == seals and known[1] - seals[0].changed > SETTLED:
            return known[2]
        with self._guard:
            known = self._verdicts.get((path, whole))
            if known and known[0] == seals and known[1] > asked:  # another thread has just looked
                return known[2]
            begun, verdict = time.time_ns(), states.examine(path, whole)
            self._verdicts[path, whole] = seals, begun, verdict
        return verdict

    def _refusal(self, problem: str) -> StoreUnavailable:
        """Return the error that says what is wrong, which generation is good, and what to do."""
        advice = f"没有别的完好的一代,请从备份恢复,或把 {self.path.name} 与 {self.folder.name} 移到别处后重新载入"
        others = [generation for generation in self.listed() if not generation.current and generation.number]
        for state, words in ((FileState.good, "完好的有"), (FileState.unchecked, "没有校验和、但打得开的有")):
            if usable := [generation for generation in others if generation.verdict.state is state]:
                advice = f"{words}{usable[0].title},{BACK}"
                break
        return StoreUnavailable(f"打不开图文件 {problem}。{advice}")

    def _next(self) -> Path:
        """Return the path of the next generation."""
        numbers = [number for name in os.listdir(self.folder) if (number := _number(name))]
        return self.folder / f"{max(numbers, default=0) + 1:06d}-{os.urandom(3).hex()}.lbug"

    def _keep_plain(self) -> Path | None:
        """Keep a file that stands where the link should be as a generation; it
        stays in its place until the link replaces it."""
        if self.path.is_symlink() or not self.path.is_file():
            return None
        same = [path for path in self.finished() if path.samefile(self.path)]
        if same:
            return same[0]
        target = self._next()
        try:
            os.link(self.path, target)
        except OSError:
            shutil.copy2(self.path, target)
        return target.resolve()

    def _swap(self, link: Path) -> None:
        """Put the link in the place of the old one, after all that it leads to is on the disk."""
        _sync(self.folder)
        os.replace(link, self.path)
        _sync(self.folder)
        _sync(self.path.parent)

    def _sweep(self) -> None:
        """Remove what a killed load has left: its copy, and its file where that was never swapped in."""
        for target in self._unfinished():
            _remove(target)
        for left in (path for kind in LEFT_BEHIND for path in self.folder.glob(kind)):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)

    @contextmanager
    def _swept(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with suppress(OSError):
                self._sweep()
            raise

    def _unfinished(self) -> list[Path]:
        """Return the files that a load had in their place but did not live to swap in: its link leads to them still."""
        links = [link for link in self.folder.glob("link-*") if link.is_symlink()]
        targets = [self.folder / Path(os.readlink(link)).name for link in links]
        return [target for target in targets if _number(target.name) and target.name != self._link_name()]

    def _link_name(self) -> str:
        """Return the name of the file that the link leads to, there or not."""
        return Path(os.readlink(self.path)).name if self.path.is_symlink() else ""

    def _prune(self, current: Path, previous: Path | None) -> None:
        """Remove old generations; nothing goes unless the current one is whole and so is another that stays."""
        if self._verdict(current).state is not FileState.good:
            return
        others = [path for path in self.finished() if path.name != current.name]
        ranked = sorted(others, key=lambda path: path == previous, reverse=True)
        staying: list[Path] = []
        for path in ranked:
            if len(staying) < KEEP - 1 and self._verdict(path, whole=True).state is not FileState.damaged:
                staying.append(path)
        if len(staying) == KEEP - 1:
            lost = {path.with_suffix(".lbug") for kind in ("*.sum", "*.json") for path in self.folder.glob(kind)}
            for path in set(others) - set(staying) | {
                path for path in lost if _number(path.name) and not path.exists()
            }:
                _remove(path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if isinstance(error, LianzhangError):
                raise
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            why = "磁盘满了,请腾出空间后重试" if full else f"{error.strerror or error},请检查目录与权限"
            raise StoreUnavailable(f"写不了 {self.folder}: {why};现行数据没有改动") from error


def _number(name: str) -> int | None:
    match = re.fullmatch(r"(\d{6})-[0-9a-f]{6}\.lbug", name)
    return int(match.group(1)) if match else None


def _seal(path: Path) -> Seal | None:
    try:
        return Seal.of(path)
    except FileNotFoundError:
        return None


def _remove(path: Path) -> None:
    if path.is_dir():  # somebody put it there: it goes only where it is empty
        path.rmdir()
    for name in (path, path.with_suffix(".json"), checksums.file_of(path)):
        name.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
