"""Projects and the city's goal: kept, missed or not known, on both stores, exact by hand on made-up rows."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desk_parts import DAY, TODAY, desk_of, load_office
from view_parts import under

from graph.stores import Store
from loaders.run import load
from queries.city.answers import ProjectRow, ProjectStep
from queries.city.office import OfficeRules, read_office
from queries.city.projects import make_projects, read_projects
from queries.core.answers import Named
from queries.core.shipped import Threshold
from queries.desk.answers import GoalScope, GoalState
from queries.desk.goals import Complete, Known, judge_goal, judge_project


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Store:
    """A store of each kind with one chain's office."""
    folder = tmp_path / "rows"
    folder.mkdir()
    return load_office(store, folder)


def test_projects_with_stage_amount_and_dates(office: Store) -> None:
    rows = {project.id: project for project in read_projects(under(office, today=DAY))}
    big = rows["p-big"]
    assert (big.stage, big.since, big.signed_on, big.yuan, big.flagship) == ("开工", "2025-02", "2024-06-30", 2e9, None)
    assert [(step.stage, step.on, step.by, step.status) for step in big.steps] == [
        ("签约", "2024-06-30", "甲局", "confirmed"), ("开工", "2025-02", "甲局", "reported"),
    ]  # fmt: skip
    assert ([region.name for region in big.regions], [chain.id for chain in big.chains]) == (["甲区"], ["demo"])
    assert (rows["p-usd"].yuan, rows["p-usd"].amount, rows["p-flag"].amount) == (None, 5e8, None)
    stated = read_office().model_copy(update={"rate": {"USD": Threshold(value=7.0, why="测试")}})
    assert {project.id: project.yuan for project in make_projects(under(office, today=DAY), stated)}["p-usd"] == 3.5e9


def test_which_projects_count(office: Store) -> None:
    judged = {
        project.project.id: (project.counts, [reason.code for reason in project.why])
        for project in desk_of(office).projects
    }
    assert judged == {
        "p-big": (True, ["goal_large"]),
        "p-flag": (True, ["goal_flagship"]),
        "p-usd": (None, ["goal_no_rate"]),
        "p-small": (False, ["goal_small"]),
        "p-unsaid": (None, ["goal_unsaid"]),
        "p-talk": (False, ["goal_large", "goal_unsigned"]),
        "p-over": (False, ["goal_large", "goal_ended"]),
        "p-nodate": (None, ["goal_large", "goal_undated"]),
    }
    assert next(project for project in desk_of(office).projects if project.project.id == "p-usd").why == [
        "美元没有写明汇率，不折算，不可比"
    ]
    assert [lacking.topic for lacking in desk_of(office).missing] == ["posts", "documents", "platforms", "steps"]


def test_the_goal_by_year_half_and_district(office: Store) -> None:
    rows = {
        goal.name: (goal.state, [p.id for p in goal.counted], [p.id for p in goal.possible])
        for goal in desk_of(office).goals
    }
    unknown, reached = GoalState.unknown, GoalState.kept
    assert rows == {
        "2026 年": (unknown, [], ["p-nodate"]),
        "2025 年": (unknown, [], ["p-nodate", "p-unsaid", "p-usd"]),  # declared complete, but three may count
        "2025 年上半年": (unknown, [], ["p-nodate", "p-usd"]),
        "2025 年下半年": (unknown, [], ["p-nodate", "p-unsaid"]),
        "2025 年 甲区": (unknown, [], ["p-unsaid", "p-usd"]),
        "2025 年 乙区": (unknown, [], ["p-nodate"]),
        "2024 年": (reached, ["p-big", "p-flag"], ["p-nodate"]),
        "2024 年上半年": (unknown, ["p-big"], ["p-nodate"]),  # signed on its last day
        "2024 年下半年": (unknown, ["p-flag"], ["p-nodate"]),  # on its first
        "2024 年 甲区": (unknown, ["p-big"], []),
        "2024 年 乙区": (unknown, ["p-flag"], ["p-nodate"]),
    }
    whole = next(goal for goal in desk_of(office).goals if goal.name == "2024 年")
    assert (whole.status, whole.sources, whole.reason) == (
        "reported",
        ["s", "qingdao-daily-2022"],
        "目标 2 个，已知 2 个",
    )
    assert [goal.name for goal in desk_of(office).samples.goals if goal.counted] == [
        "2025 年",
        "2025 年上半年",
        "2025 年 甲区",
    ]


def project(id: str, signed: str | None, yuan: float | None = 3e9, **more: Any) -> ProjectRow:
    row: Mapping[str, Any] = dict.fromkeys(ProjectRow.model_fields)
    lists: Mapping[str, Any] = {name: [] for name in ("steps", "chains", "regions", "segments", "investors")}
    own = {
        "id": id,
        "name": id,
        "stage": "签约",
        "amount": 1.0,
        "currency": "CNY",
        "status": "confirmed",
        "source": "s",
    }
    return ProjectRow.model_validate({**row, **lists, **own, "signed_on": signed, "yuan": yuan, **more})


def goal(
    rules: OfficeRules, *projects: ProjectRow, lists: tuple[Complete, ...] = (), today: date = TODAY
) -> dict[int, str]:
    judged = [judge_project(project, today, rules) for project in projects]
    goals = judge_goal(Known(judged, lists, today, rules))
    return {year_goal.year: year_goal.reason.code for year_goal in goals if year_goal.scope is GoalScope.chain}


def test_missed_is_said_only_of_a_year_that_is_over_and_complete() -> None:
    rules = read_office()
    year = Complete(date(2025, 1, 1), date(2025, 12, 31), "confirmed", "s")
    large, small = project("a", "2025-03"), project("b", "2025-04", 1e9, flagship=False)
    assert goal(rules, large, lists=(year,)) == {2026: "goal_going", 2025: "goal_missed"}
    assert goal(rules, large, small, lists=(year,))[2025] == "goal_missed"
    assert goal(rules, large)[2025] == "goal_incomplete"
    assert goal(rules, lists=(year,))[2025] == "goal_missed"
    assert goal(rules, large, project("c", "2025-12-31"), lists=(year,))[2025] == "goal_kept"
    assert goal(rules, large, project("c", "2024-12-31"), lists=(year,))[2025] == "goal_missed"
    assert (
        goal(rules, large, lists=(Complete(date(2025, 1, 1), date(2025, 12, 30), "confirmed", "s"),))[2025]
        == "goal_incomplete"
    )
    assert goal(rules, large, lists=(year,), today=date(2025, 12, 31))[2025] == "goal_going"
    for doubtful in (
        project("c", None),
        project("c", "2025", None),
        project("c", "2025", 1e9),
        project("c", "2025", None, amount=None),
    ):
        assert goal(rules, large, doubtful, lists=(year,))[2025] == "goal_possible", doubtful
    assert goal(rules, large, project("c", "2027"), lists=(year,))[2025] == "goal_missed"
    running = ProjectStep(stage="投产", on="2024-H1", by=None, status="confirmed", source="s", place=None)
    built = project("c", None, stage="投产", steps=[running.model_dump()])
    assert goal(rules, large, built, lists=(year,))[2025] == "goal_missed"  # it was signed before it ran
    assert goal(rules, project("c", None), lists=(year,))[2025] == "goal_missed_anyway"
    assert min(goal(rules, project("c", "2019"))) == 2026  # before there was a goal
    assert goal(rules, lists=(Complete(date(1, 1, 1), date(9999, 12, 31), "confirmed", "s"),)) == {
        2026: "goal_going", **dict.fromkeys((2025, 2024, 2023, 2022), "goal_missed"),
    }  # fmt: skip


def test_a_project_signed_some_time_in_a_year_is_of_neither_half_for_sure() -> None:
    rules = read_office()
    judged = [judge_project(project(id, "2025"), TODAY, rules) for id in ("a", "b")]
    rows = {
        goal_there.name: (goal_there.state, len(goal_there.counted), len(goal_there.possible))
        for goal_there in judge_goal(Known(judged, (), TODAY, rules))
    }
    assert rows == {
        "2026 年": (GoalState.unknown, 0, 0),
        "2025 年": (GoalState.kept, 2, 0),
        "2025 年上半年": (GoalState.unknown, 0, 2),
        "2025 年下半年": (GoalState.unknown, 0, 2),
    }


def test_a_year_missed_rests_on_the_list_that_says_it_is_complete() -> None:
    lists = (Complete(date(2025, 1, 1), date(2025, 12, 31), "curated", "z"),)
    row = next(judged for judged in judge_goal(Known([], lists, TODAY, read_office())) if judged.year == 2025)
    assert (row.state, row.status, row.sources) == (GoalState.missed, "curated", ["z", "qingdao-daily-2022"])


def test_the_goal_is_that_of_its_city_alone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text("id,name,source,status\nyt,烟台市,s,confirmed\n", "utf-8")
    (tmp_path / "chains.csv").write_text(
        "id,name,region,source,status\ny,葡萄酒,yt,s,confirmed\nn,牧场,,s,confirmed\n", "utf-8"
    )
    assert not load([tmp_path / "regions.csv", tmp_path / "chains.csv"], store).bad
    assert desk_of(store, chain=Named(id="y", name="葡萄酒")).goals == []
    (tmp_path / "projects.csv").write_text(
        "id,name,stage,amount,currency,chains,source,status\np,大的,签约,9000000000,CNY,n,s,confirmed\n", "utf-8"
    )
    assert not load([tmp_path / "projects.csv"], store).bad
    (large,) = desk_of(store, chain=Named(id="n", name="牧场")).projects
    assert (large.counts, large.why, large.yuan) == (None, [], 9e9)
    assert desk_of(store, chain=Named(id="n", name="牧场")).goals == []  # the graph has no chain of the goal's city
