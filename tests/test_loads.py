"""What each load said is kept: a load taken back leaves what the others make, node for node; editions of a list end what
they have no more."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loader_parts import put

from graph.errors import Conflict, InputError, NotFound
from graph.journal import JournalEntry
from graph.model import EDGES, NODES, Record, ends_of
from graph.model.edges import Produces, Supplies
from graph.model.edits import EDITS, read_edits
from graph.model.nodes import Enterprise, Product, Project
from graph.names.comparisons import read_comparisons
from graph.names.verdicts import SAME
from graph.stores import Store, open_store
from loaders.backup import back_up, restore
from loaders.changes import Change, apply, standing
from loaders.judgements import judge
from loaders.ledger import LoadLedger, read_ledger
from loaders.loads import find_load, read_loads, rehearse, take_back
from loaders.replay import replay
from loaders.report import Report
from loaders.run import Options, load, load_rows

FIRMS = ("Enterprise", "Enterprise")


def picture(store: Store, *hidden: str) -> dict[str, list[Any]]:
    """Everything in the graph but when it was recorded."""
    hidden = ("recorded_at", *hidden)
    told: dict[str, list[Any]] = {}
    for node in NODES:
        told[node.label()] = store.nodes(node).drop(hidden).sort("id").rows()
    for edge in EDGES:
        for ends in ends_of(edge):
            frames = [frame.drop(hidden).fill_null("") for frame in store.edges(edge, ends)]
            told[f"{edge.type_name}{ends}"] = sorted((row for frame in frames for row in frame.rows()), key=str)
    return {name: rows for name, rows in told.items() if rows}


def put_list(folder: Path, name: str, heads: str, rows: list[str]) -> Path:
    return put(folder / f"{name}.csv", "\n".join([heads, *rows]) + "\n")


def loaded(store: Store, path: Path, source: str = "", **more: Any) -> Report:
    report = load([path], store, Options(proof={"source": source} if source else {}, **more))
    assert report.id
    return report


def test_a_load_taken_back_leaves_what_the_others_make(
    store: Store, another: Callable[[], Store], tmp_path: Path
) -> None:
    """The same firms, weaker and stronger, with a code that only the one in the middle knows."""
    first = put_list(tmp_path, "a", "名称,来源,状态,说明", ["示例海风公司,年鉴,整理,做电机", "示例山石公司,年鉴,整理,"])
    second = put_list(
        tmp_path, "b", "名称,统一社会信用代码,来源,状态,说明",
        ["示例海风公司,91370200163562681G,公报,已证实,做水泵", "示例林木公司,,公报,已证实,"],
    )  # fmt: skip
    third = put_list(
        tmp_path,
        "c",
        "供应商,客户,产品,来源",
        ["示例海风公司,示例山石公司,电机,合同", "示例林木公司,示例山石公司,木箱,合同"],
    )
    fourth = put_list(tmp_path, "d", "名称,来源,状态,说明", ["示例林木公司,走访,据报道,做木箱"])
    files: dict[Path, type[Record]] = {first: Enterprise, second: Enterprise, third: Supplies, fourth: Enterprise}
    reports = [loaded(store, path, kind=kind) for path, kind in files.items()]
    before = picture(store)
    done = take_back(store, reports[1].id, "张三", "名录发错了")
    assert (done.record.back_by, done.record.why) == ("张三", "名录发错了")
    other = another()
    for path in (first, third, fourth):
        load([path], other, Options(kind=files[path]))
    assert picture(store) == picture(other)
    assert before != picture(store)
    assert store.nodes(Enterprise).filter(pl.col("name") == "示例海风公司")["uscc"].to_list() == [None]
    assert [one.state for one in read_loads(store)] == ["standing", "standing", "taken_back", "standing"]
    with pytest.raises(Conflict, match="张三 已于"):
        take_back(store, reports[1].id, "李四")
    with pytest.raises(NotFound):
        take_back(store, "nothing", "李四")
    assert loaded(store, second, kind=Enterprise).total("changed")  # and it can be loaded again
    for report in read_loads(store):
        if report.state == "standing":
            take_back(store, report.id, "李四")
    assert picture(store) == {}


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["示例甲公司", "示例乙公司", "示例丙公司"]),
            "status": st.sampled_from(["confirmed", "reported", "curated"]),
            "description": st.sampled_from(["", "做泵", "做阀", "做轴"]),
            "uscc": st.sampled_from(["", "", "91370200163562681G", "91370212718028843J"]),
            "products": st.sampled_from(["", "电机", "电机;轴承"]),
        }
    ),
    min_size=1,
    max_size=3,
)


def test_any_load_taken_back_is_as_if_it_had_never_been(store: Store, another: Callable[[], Store]) -> None:
    @settings(max_examples=8, deadline=None)
    @given(st.lists(ROWS, min_size=2, max_size=4), st.data())
    def holds(loads: list[list[dict[str, str]]], data: st.DataObject) -> None:
        empty(store)
        rest, ids = another(), list[str]()
        for one in (store, rest):
            load_rows(Product, [{"name": name, "source": "目录"} for name in ("电机", "轴承")], one)
        gone = data.draw(st.integers(0, len(loads) - 1))
        for number, rows in enumerate(loads):
            said = [{name: value for name, value in row.items() if value} | {"source": f"名录{number}"} for row in rows]
            ids.append(load_rows(Enterprise, said, store).id)
            if number != gone:
                load_rows(Enterprise, said, rest)
        take_back(store, ids[gone], "张三")
        assert picture(store) == picture(rest)

    holds()


def empty(store: Store) -> None:
    """Take everything out of a store, the loads too."""
    with store.load(fresh=True) as writer:
        writer.keep_ledger(LoadLedger().text())


def test_what_people_wrote_stays_when_the_file_beneath_goes(store: Store) -> None:
    load_rows(Enterprise, [{"id": "a", "name": "示例甲公司", "source": "年鉴"}], store)
    gone = load_rows(
        Enterprise,
        [{"id": id, "name": f"示例{zh}公司", "source": "公报"} for id, zh in (("a", "甲"), ("b", "乙"), ("c", "丙"))],
        store,
    ).id
    key = {"supplier": "b", "customer": "a", "product": "电机"}
    changes = [
        Change(Enterprise, {"id": "a"}, {"description": "走访过"}, "李四"),
        Change(Supplies, key, {"source": "走访"}, "李四"),
        Change(Project, {"id": "p"}, {"name": "示例项目", "source": "走访"}, "王五"),
    ]
    for change in changes:
        (done,) = apply(store, [change])
        assert done.outcome in ("new", "changed"), done
    told = take_back(store, gone, "张三").kept
    names = dict(store.nodes(Enterprise).select("id", "name").iter_rows())
    assert names == {"a": "示例甲公司", "b": "示例乙公司"}  # 丙 was the file's alone
    kept = standing(store, Enterprise, {"id": "b"})
    assert kept is not None
    assert read_edits(kept)["name"].by == "李四"
    assert len(told) == 1
    assert "示例乙公司" in told[0]
    assert standing(store, Supplies, key) is not None
    assert standing(store, Project, {"id": "p"}) is not None
    mine = standing(store, Enterprise, {"id": "a"})
    assert mine is not None
    assert (mine["description"], read_edits(mine)["description"].by) == ("走访过", "李四")


HEADS = "企业名称,登记状态,主要产品"


def edition(folder: Path, month: int, firms: dict[str, str]) -> Path:
    return put_list(folder, f"{month}", HEADS, [f"示例{zh}有限公司,存续,{goods}" for zh, goods in firms.items()])


@pytest.fixture
def goods(store: Store) -> Store:
    load_rows(Product, [{"name": name, "source": "目录"} for name in ("电机", "轴承", "水泵")], store)
    return store


def source(month: int) -> str:
    return f"企查查导出 2026-{month:02d}-01"


def ends(store: Store) -> dict[str, str]:
    firms = store.nodes(Enterprise).filter(pl.col("valid_to").is_not_null())
    names = dict(store.nodes(Enterprise).select("id", "name").iter_rows())
    ended = dict(firms.select("name", "valid_to").iter_rows())
    goods = dict(store.nodes(Product).select("id", "name").iter_rows())
    for frame in store.edges(Produces, ("Enterprise", "Product")):
        for start, end, day in frame.select("from", "to", "valid_to").iter_rows():
            if day:
                ended[f"{names[start]} {goods[end]}"] = day
    return {name.replace("示例", "").replace("有限公司", ""): day for name, day in ended.items()}


def test_the_next_edition_ends_what_it_has_no_more(goods: Store, tmp_path: Path) -> None:
    load_rows(Enterprise, [{"name": "示例丁有限公司", "source": "年鉴"}], goods)
    loaded(goods, edition(tmp_path, 9, {"甲": "电机", "乙": "电机、轴承", "丙": "水泵", "丁": "水泵"}), source(9))
    before = picture(goods)
    second = loaded(goods, edition(tmp_path, 10, {"甲": "电机", "乙": "轴承", "戊": "水泵"}), source(10))
    assert second.after
    assert ends(goods) == {
        "丙": "2026-10-01", "丙 水泵": "2026-10-01", "乙 电机": "2026-10-01", "丁 水泵": "2026-10-01",
    }  # fmt: skip  # 丁 is in a yearbook, too
    assert second.gone == 3
    record = find_load(goods, second.id)
    assert (record.list, record.edition, record.counts["gone"]) == ("企查查导出", "2026-10-01", 3)
    gone = goods.nodes(Enterprise).filter(pl.col("name") == "示例丙有限公司").row(0, named=True)
    edit = read_edits(gone)["valid_to"]
    assert (edit.by, edit.edition, edit.why) == (source(10), True, f"{source(10)} 里没有了")
    third = loaded(goods, edition(tmp_path, 11, {"甲": "电机", "丙": "水泵", "戊": "水泵"}), source(11))
    assert ends(goods) == {
        "乙": "2026-11-01", "乙 电机": "2026-10-01", "乙 轴承": "2026-11-01", "丁 水泵": "2026-10-01",
    }  # fmt: skip  # 丙 is there again
    with pytest.raises(Conflict, match="后来的一期"):
        take_back(goods, second.id, "张三")
    take_back(goods, third.id, "张三")
    take_back(goods, second.id, "张三")
    assert picture(goods) == before


def test_a_list_of_titles_ends_titles_and_not_firms(goods: Store, tmp_path: Path) -> None:
    for month, firms in ((9, "甲乙丙"), (10, "甲乙")):
        path = put_list(tmp_path, f"规上{month}", "企业名称,所属区", [f"示例{zh}有限公司,崂山区" for zh in firms])
        path = path.rename(tmp_path / f"青岛市规上工业企业名单-{month}.csv")
        loaded(goods, path, f"规上工业企业名单 2026-{month:02d}")
    assert ends(goods) == {}
    held = [
        row
        for frame in goods.edges(next(e for e in EDGES if e.type_name == "HOLDS"), ("Enterprise", "Title"))
        for row in frame.iter_rows(named=True)
    ]
    assert sorted(row["valid_to"] or "" for row in held) == ["", "", "2026-10"]


def test_another_list_of_the_same_name_is_no_next_edition(goods: Store, tmp_path: Path) -> None:
    loaded(goods, edition(tmp_path, 9, {"甲": "电机", "乙": "电机", "丙": "水泵"}), source(9))
    path = edition(tmp_path, 10, {"丁": "电机", "甲": "电机"})
    other = loaded(goods, path, source(10))
    assert (other.after, other.gone, ends(goods)) == ("", 0, {})
    assert any("不到一半" in told for told in other.warnings)
    take_back(goods, other.id, "张三")
    said = loaded(goods, path, source(10), edition=True)
    assert (bool(said.after), ends(goods).get("乙")) == (True, "2026-10-01")
    take_back(goods, said.id, "张三")
    full = edition(tmp_path, 11, {"甲": "电机", "乙": "电机"})
    assert loaded(goods, full, source(11), edition=False).gone == 0
    assert ends(goods) == {}


def test_twelve_editions_ask_nothing_twice(goods: Store, tmp_path: Path) -> None:
    """A head mapped by hand, and two firms judged to be one, are said once."""
    heads = "抬头,登记状态,主要产品,所属城市"
    alike = ["示例海风有限公司", "示例海风股份有限公司"]
    firms = {"甲": "电机", "乙": "轴承", "丙": "水泵"}
    for month in range(1, 13):
        rows = [f"示例{zh}有限公司,存续,{product}," for zh, product in firms.items() if month % 4 or zh != "丙"]
        rows += [f"{name},存续,轴承,青岛市" for name in alike]
        path = put_list(tmp_path, f"m{month}", heads, rows)
        more = {"columns": {"抬头": "name"}} if month == 1 else {}
        report = loaded(goods, path, source(month), **more)
        assert not report.bad, report
        assert len(report.conflicts) == (month == 1)
        if month == 1:
            ids = dict(goods.nodes(Enterprise).select("name", "id").iter_rows())
            first, second = (ids[name] for name in alike)
            judge(goods, first, second, SAME, "张三", "一家改制")
        assert read_comparisons(goods).who(first) == read_comparisons(goods).who(second)
    assert ends(goods) == {"丙": "2026-12-01", "丙 水泵": "2026-12-01"}
    assert len(goods.nodes(Enterprise)) == 5
    last = read_loads(goods)[0]
    take_back(goods, last.id, "张三")
    assert read_comparisons(goods).who(first) == read_comparisons(goods).who(second)  # what was judged stays


def test_a_rehearsal_tells_what_would_be_and_writes_nothing(goods: Store, tmp_path: Path) -> None:
    loaded(goods, edition(tmp_path, 9, {"甲": "电机", "乙": "电机", "丙": "水泵"}), source(9))
    before, version = picture(goods), goods.version()
    path = edition(tmp_path, 10, {"甲": "轴承", "乙": "电机", "戊": "水泵"})
    options = Options(proof={"source": source(10)}, id="20261001-next")
    with rehearse([path], goods, options) as rehearsal:
        assert rehearsal.edition is not None
        assert rehearsal.edition.source == source(9)
        assert [one.name for one in rehearsal.gone if one.label == "Enterprise"] == ["示例丙有限公司"]
        assert rehearsal.gone_count == rehearsal.report.gone == 2
        assert [one.name for one in rehearsal.new if one.label == "Enterprise"] == ["示例戊有限公司"]
        then = picture(rehearsal.store, EDITS)
    assert (picture(goods), goods.version()) == (before, version)
    load([path], goods, options)
    assert picture(goods, EDITS) == then  # which tell when


def test_a_load_of_an_id_is_not_repeated(goods: Store, tmp_path: Path) -> None:
    path = edition(tmp_path, 9, {"甲": "电机"})
    first = loaded(goods, path, source(9), id="20260901-one")
    again = load([path], goods, Options(proof={"source": source(9)}, id="20260901-one"))
    assert (first.id, again.id, again.total("new")) == ("20260901-one", "20260901-one", first.total("new"))
    assert len(read_ledger(goods).loads) == 2


def test_a_load_that_fails_leaves_nothing(goods: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = picture(goods)
    path = edition(tmp_path, 9, {"甲": "电机"})

    def fails(*_: object) -> None:
        raise InputError("载入时文件被改动了")

    monkeypatch.setattr("loaders.recording.entered", fails)
    with pytest.raises(InputError):
        loaded(goods, path, source(9))
    assert picture(goods) == before
    assert not goods.unfinished()
    kept = {name.partition("/")[0] for name in goods.shelf().names()}
    ledger = read_ledger(goods)
    assert kept == {name for one in ledger.loads for name in (one.id, one.touched)}


def test_what_a_killed_load_left_is_taken_out_by_the_next(
    goods: Store, another: Callable[[], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill: it has written, and nobody is left to take it out."""
    monkeypatch.setattr("loaders.recording.give_up", lambda *_: None)
    before = edition(tmp_path, 9, {"甲": "电机", "乙": "轴承"})
    with monkeypatch.context() as killed:
        killed.setattr("loaders.recording.entered", raise_interrupt)
        with pytest.raises(KeyboardInterrupt):
            loaded(goods, before, source(9))
    after = edition(tmp_path, 10, {"丙": "水泵"})
    loaded(goods, after, source(10))
    assert not goods.unfinished()
    other = another()
    load_rows(Product, [{"name": name, "source": "目录"} for name in ("电机", "轴承", "水泵")], other)
    loaded(other, after, source(10))
    assert picture(goods) == picture(other)
    names = {name.partition("/")[0] for name in goods.shelf().names()}
    assert names == {name for text in goods.ledgers() for name in LoadLedger.of(text).needed} - {""}


def raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_graph_of_before_is_folded_onto(goods: Store, tmp_path: Path) -> None:
    """A store that was filled before loads were kept: its loads are listed and cannot be taken back."""
    (change,) = apply(
        goods,
        [
            Change(
                Product,
                {"name": "水泵", "id": goods.nodes(Product).filter(pl.col("name") == "水泵")["id"][0]},
                {"description": "说明"},
                "李四",
            )
        ],
    )
    assert change.outcome == "changed"
    goods.journal().append(JournalEntry("载入", "王五", name="old.csv", told="1 个文件", version="000001-abcdef"))
    forget(goods)
    before = picture(goods)
    report = loaded(goods, edition(tmp_path, 9, {"甲": "电机"}), source(9))
    assert picture(goods) != before
    take_back(goods, report.id, "张三")
    assert picture(goods) == before
    older = next(one for one in read_loads(goods) if one.state == "older")
    assert (older.by, older.files) == ("王五", ("old.csv",))
    with pytest.raises(Conflict, match="没有留下当时说了什么"):
        take_back(goods, older.id, "张三")
    frames, _, _ = replay(goods, read_ledger(goods))
    assert sorted(frames.nodes(Product)["name"]) == sorted(goods.nodes(Product)["name"])


def forget(store: Store) -> None:
    """Take the ledger away, as of a store that an older version wrote."""
    with store.load() as writer:
        writer.update_nodes(Product, store.nodes(Product))
    if hasattr(store, "generations"):
        for path in store.generations.folder.glob("*.loads"):
            path.unlink()
    else:
        store.write("MATCH (m:`_Meta` {id: 'graph'}) REMOVE m.ledger", {})  # type: ignore[attr-defined]
    assert store.ledger() is None


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    made: list[Store] = []

    def make() -> Store:
        made.append(open_store(f"ladybug://{tmp_path}/another{len(made)}.lbug"))
        return made[-1]

    yield make
    for store in made:
        store.close()


def test_a_backup_holds_what_each_load_said(goods: Store, another: Callable[[], Store], tmp_path: Path) -> None:
    more = {"columns": {"抬头": "name"}}
    path = put_list(tmp_path, "m", "抬头,登记状态,主要产品", ["示例甲有限公司,存续,电机"])
    first = loaded(goods, path, source(9), **more)
    loaded(goods, put_list(tmp_path, "n", "抬头,登记状态,主要产品", ["示例甲有限公司,存续,轴承"]), source(10))
    take_back(goods, read_loads(goods)[0].id, "张三")
    before = picture(goods)
    back_up(goods, tmp_path / "b.zip")
    other = another()
    restore(other, tmp_path / "b.zip", "李四")
    assert picture(other) == before
    assert [(one.id, one.state) for one in read_loads(other)] == [(one.id, one.state) for one in read_loads(goods)]
    assert (
        loaded(
            other, put_list(tmp_path, "o", "抬头,登记状态,主要产品", ["示例乙有限公司,存续,轴承"]), source(11)
        ).total("new")
        == 1
    )
    with pytest.raises(Conflict):
        take_back(other, read_loads(other)[1].id, "李四")
    for one in (read_loads(other)[0], first):
        take_back(other, one.id, "李四")
    take_back(goods, first.id, "张三")
    assert picture(other) == picture(goods)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    said = next(name for name in parts if name.startswith("shelf/"))
    told = parts["manifest.json"].decode().replace(said, "shelf/../../x/0000.zip")
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, content in (parts | {"manifest.json": told.encode(), "shelf/../../x/0000.zip": parts[said]}).items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match="模型认识的类型"):
        restore(another(), tmp_path / "bad.zip", "李四")


def test_a_name_that_a_person_gave_is_known_to_later_loads(store: Store) -> None:
    load_rows(Enterprise, [{"id": "a", "name": "示例甲公司", "source": "年鉴"}], store)
    gone = load_rows(Enterprise, [{"name": "示例丙公司", "source": "公报"}], store).id
    (done,) = apply(store, [Change(Enterprise, {"id": "a"}, {"name": "示例乙公司"}, "李四")])
    assert done.outcome == "changed", done
    load_rows(Enterprise, [{"name": "示例乙公司", "source": "名录", "description": "做泵"}], store)
    before = picture(store)["Enterprise"]
    take_back(store, gone, "张三")
    assert [row for row in before if row[1] != "示例丙公司"] == picture(store)["Enterprise"]
    assert store.nodes(Enterprise)["id"].to_list() == ["a"]


def test_a_list_about_a_leader_goes_with_it(goods: Store, tmp_path: Path) -> None:
    leader = load_rows(Enterprise, [{"name": "示例链主有限公司", "source": "年鉴"}], goods).id
    path = put_list(tmp_path, "供应商名录", "供应商名称,供应产品", ["示例甲有限公司,电机"])
    listed = loaded(goods, path, "示例链主供应商名录 2026-09", leader="示例链主有限公司")
    assert listed.total("new"), listed
    take_back(goods, leader, "张三")
    assert [*goods.nodes(Enterprise)["name"]] == []
    assert not [row for frame in goods.edges(Supplies, FIRMS) for row in frame.rows()]
