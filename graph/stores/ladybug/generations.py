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
from graph.stores.ladybug import checksums, ledgers, pointer, states
from graph.stores.ladybug.checksums import Seal
from graph.stores.ladybug.states import Condition, FileState

KEEP = 2
LOCK_SECONDS = 10.0  # that a load waits for another
UNFINISHED = ("pointer-*", "link-*")  # a pointer (of version 0.1.0: a link) to what has not been swapped in
LEFT_BEHIND = ("building-*", "back-*", "*.sum.*.new", "*.loads.*.new", "last-number.*.new", *UNFINISHED)
BESIDE = ("*.sum", "*.json", "*.loads")  # of a generation
SETTLED = 50_000_000  # nanoseconds: two changes so close together may bear the same time
COARSE = 3_000_000_000  # and so may two pointers where a file system keeps times to two seconds
NUMBER = re.compile(r"^([0-9]{6,9})-[0-9a-f]{6}\.")  # of a graph file and of what is beside it
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
    """The folder ``NAME.lbug.d`` of numbered graph files; ``NAME.lbug`` is a small file that names the current one.

    What else may stand there is read too: the link that version 0.1.0 wrote, and a graph file itself.
    """

    def __init__(self, path: Path, let_go: Callable[[], None] = pointer.nothing) -> None:
        """Take the place of the graph, and what ends this program's own readers of it."""
        self.path = path
        self._let_go = let_go
        self._seen: tuple[tuple[int, ...], int, str] | None = None
        self.folder = path.with_name(path.name + ".d")
        self._verdicts: dict[tuple[Path, bool], tuple[tuple[Seal, Seal | None], int, Condition]] = {}
        self._guard = threading.Lock()

    def current(self) -> Path | None:
        """Return the file that readers see now, None before the first load;
        raises where there is one that cannot be reached."""
        try:
            target = self._target()
        except FileNotFoundError:
            if name := self._named():
                raise self._refusal(f"{self.path} 指向的 {name} 不见了") from None
            if self.finished():
                raise self._refusal(f"{self.path} 不见了,而 {self.folder.name} 里还有各代数据") from None
            return None
        except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself, before Python 3.13
            why = getattr(error, "strerror", None) or "链接绕回自身"
            raise StoreUnavailable(f"打不开图文件 {self.path}: {why}。请检查路径与权限,或换一个 --store") from error
        if not target.is_file():
            raise self._refusal(f"{target} 不是文件{'而是目录' if target.is_dir() else ''}")
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

    def version_at_hand(self) -> str:
        """Return the same at once: the file that says it is read again only where it is another one."""
        try:
            stat = self.path.stat()
        except OSError:
            return self.version()
        file = stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
        seen = self._seen
        if seen is None or seen[0] != file or seen[1] - stat.st_mtime_ns < COARSE:
            self._seen = seen = file, time.time_ns(), self.version()
        return seen[2]

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

    def commit(self, building: Path, ledger: str | None = None) -> None:
        """Make the finished file the current generation, with what was loaded into it; readers of the old one are not
        disturbed."""
        with self._writing(), self._swept():
            previous = self._keep_plain() or self.current()
            target = self._next()
            # The file is unfinished as long as this pointer is in the folder.
            fresh = self.folder / f"pointer-{os.urandom(3).hex()}"
            pointer.write(fresh, target.name)
            pointer.sync_folder(self.folder)
            pointer.sync(building)
            pointer.replace(building, target)
            checksums.save(target, checksums.measure(target))
            if ledger is not None:
                ledgers.write(target, ledger)
            self._swap(fresh)
        with suppress(OSError):
            self._prune(target, previous)

    def keep_ledger(self, text: str) -> None:
        """Keep beside the current generation what was loaded into it; before the first load there is none."""
        with self._writing():
            if current := self.current():
                ledgers.write(current, text)

    def ledger(self) -> str | None:
        """Return what was loaded into the current generation, as the last load kept it."""
        current = self.current()
        return ledgers.read(current) if current else None

    def ledgers(self) -> list[str]:
        """Return the same of every generation."""
        current = self.current()
        paths = {*self.finished(), *([current] if current else [])}
        return [text for path in sorted(paths) if (text := ledgers.read(path)) is not None]

    def finished(self) -> list[Path]:
        """Return the graph files that were swapped in once, the newest first."""
        unfinished = {target.name for _, target in self._unfinished()}
        try:
            numbered = {name: number for name in os.listdir(self.folder) if (number := _number(name))}
        except OSError:
            return []
        names = sorted(numbered, key=lambda name: (numbered[name], name), reverse=True)
        return [self.folder.resolve() / name for name in names if name not in unfinished]

    def listed(self, look: Callable[[Path], Condition] | None = None) -> list[Generation]:
        """Return all generations, the newest first, each looked at."""
        look = look or (lambda path: self._verdict(path, whole=True))
        with suppress(OSError, RuntimeError):
            current = self._target()
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
            with self._writing(), self._swept():
                self._keep_plain()
                if self.path.is_dir():
                    os.rename(self.path, self.folder / f"replaced-{os.urandom(3).hex()}")
                fresh = self.folder / f"back-{os.urandom(3).hex()}"
                pointer.write(fresh, chosen.path.name)
                self._swap(fresh)
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
        return _number(self._named()) or next(
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

    def _target(self) -> Path:
        """Return the file that readers see, whatever leads to it; raises ``OSError`` where there is none."""
        before = None
        while True:
            place = self.path.resolve(strict=True)
            name = None if place.is_dir() else pointer.read(place)
            if name is None:
                return place
            try:
                return (place.with_name(place.name + ".d") / name).resolve(strict=True)
            except FileNotFoundError:  # unless other loads have just swapped theirs in and removed it
                if name == before:
                    raise
                before = name

    def _named(self) -> str:
        """Return the name of the file that is led to, there or not; nothing where none is."""
        with suppress(OSError):
            if self.path.is_symlink():
                return Path(os.readlink(self.path)).name
            if self.path.is_file():
                return pointer.read(self.path) or ""
        return ""

    def _next(self) -> Path:
        """Return the path of the next generation; its number, written down before it is used, never comes again."""
        last = self.folder / "last-number"
        names = [*os.listdir(self.folder), self._named()]
        numbers = [int(found[1]) for name in names if (found := NUMBER.match(name))]
        with suppress(OSError, ValueError):  # a folder of version 0.1.0 has none
            numbers.append(int(last.read_bytes()))
        number = max(numbers, default=0) + 1
        fresh = last.with_name(f"{last.name}.{os.urandom(3).hex()}.new")
        pointer.put(fresh, f"{number}\n")
        pointer.replace(fresh, last)
        return self.folder / f"{number:06d}-{os.urandom(3).hex()}.lbug"

    def _keep_plain(self) -> Path | None:
        """Keep a graph file that stands where the pointer should be as a generation;
        it stays in its place until the pointer replaces it."""
        if not self._is_plain() or self.path.stat().st_size <= pointer.LONGEST:  # no graph is so small
            return None
        same = [path for path in self.finished() if path.samefile(self.path)]
        if same:
            return same[0]
        target = self._next()
        try:
            os.link(self.path, target)
        except OSError:
            fresh = self.folder / f"building-{os.getpid()}.kept"
            shutil.copy2(self.path, fresh)
            pointer.sync(fresh)
            pointer.replace(fresh, target)
        return target.resolve()

    def _is_plain(self) -> bool:
        """Tell whether a file stands in the place itself and nothing leads from there."""
        return self.path.is_file() and not self.path.is_symlink() and not self._named()

    def _swap(self, fresh: Path) -> None:
        """Put a pointer in the place of the old one, after all that it leads to is on the disk."""
        pointer.sync_folder(self.folder)
        os.utime(fresh)  # no two pointers that were current look the same
        try:
            # Our own readers have a graph file open that stands in the place itself.
            pointer.replace(fresh, self.path, self._let_go if self._is_plain() else pointer.nothing)
        except PermissionError as error:
            raise StoreUnavailable(
                f"换不上 {self.path}: 它正被别的程序打开,或没有写的权限({error.strerror})。"
                "请关闭打开它的程序(如正在运行的 lianzhang serve)再试;现行数据没有改动"
            ) from error
        pointer.sync_folder(self.folder)
        pointer.sync_folder(self.path.parent)

    def _sweep(self) -> None:
        """Remove what a killed load has left: its copy, and its file where that
        was never swapped in; what somebody has open stays for the next time."""
        staying = set()
        for mark, target in self._unfinished():
            try:
                _remove(target)
            except OSError:
                staying.add(mark)
        for left in (path for kind in LEFT_BEHIND for path in self.folder.glob(kind)):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            elif left not in staying:
                with suppress(OSError):
                    left.unlink(missing_ok=True)

    @contextmanager
    def _swept(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with suppress(OSError):
                self._sweep()
            raise

    def _unfinished(self) -> list[tuple[Path, Path]]:
        """Return the files that a load had in their place but did not live to
        swap in, each after the pointer that leads to it still."""
        found = []
        for mark in (path for kind in UNFINISHED for path in self.folder.glob(kind)):
            with suppress(OSError):
                name = Path(os.readlink(mark)).name if mark.is_symlink() else pointer.read(mark) or ""
                if _number(name) and name != self._named():
                    found.append((mark, self.folder / name))
        return found

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
            lost = {path.with_suffix(".lbug") for kind in BESIDE for path in self.folder.glob(kind)}
            for path in set(others) - set(staying) | {
                path for path in lost if _number(path.name) and not path.exists()
            }:
                with suppress(OSError):  # what cannot be removed stays, for a load after this one
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
    return int(name.partition("-")[0]) if re.fullmatch(pointer.NUMBERED, name) else None


def _seal(path: Path) -> Seal | None:
    try:
        return Seal.of(path)
    except FileNotFoundError:
        return None


def _remove(path: Path) -> None:
    if path.is_dir():  # somebody put it there: it goes only where it is empty
        path.rmdir()
    for name in (path, path.with_suffix(".json"), ledgers.file_of(path), checksums.file_of(path)):
        name.unlink(missing_ok=True)
