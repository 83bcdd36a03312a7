"""The files that the answers of some questions are handed on as."""

from pathlib import Path

from api.core.asked import Handout
from graph.outputs import check_writable, write_bytes, write_text
from queries.dashboard.answers import Dashboard
from queries.desk.answers import Desk
from queries.gaps.answers import Certificate
from queries.leaders.answers import Leaders
from queries.openings.answers import Opportunities
from queries.projects.answers import Projects
from queries.registries.answers import Registry


def _write_certificate(answer: Certificate, path: Path) -> None:
    from api.gaps.certificates import certificate_file

    write_text(path, answer.model_dump_json(indent=2) if path.suffix == ".json" else certificate_file(answer))


def _check_workbook(path: Path) -> None:
    from api.openings.workbooks import check_workbook

    check_workbook(path)


def _write_workbook(answer: Opportunities, path: Path) -> None:
    from api.openings.workbooks import write_workbook

    write_workbook(answer, path)


def _check_tables(path: Path) -> None:
    from api.core.workbooks import check_workbook_file

    check_workbook_file(path)


def _write_projects(answer: Projects, path: Path) -> None:
    from api.projects.workbooks import make_projects_workbook

    write_bytes(path, make_projects_workbook(answer))


def _write_leaders(answer: Leaders, path: Path) -> None:
    from api.leaders.workbooks import make_leaders_workbook

    write_bytes(path, make_leaders_workbook(answer))


def _write_desk(answer: Desk, path: Path) -> None:
    from api.desk.workbooks import write_desk_workbook

    write_desk_workbook(answer, path)


def _write_registry(answer: Registry, path: Path) -> None:
    from api.registries.workbooks import write_registry_workbook

    write_registry_workbook(answer, path)


def _write_dashboard(answer: Dashboard, path: Path) -> None:
    from api.dashboard.workbooks import make_dashboard_workbook

    write_bytes(path, make_dashboard_workbook(answer))


REGISTRY = Handout(
    "--xlsx", "另写成 Excel 工作簿: 每一部分一张表,示例另列", _check_tables, _write_registry, printed=True
)
HANDOUTS = {
    "certificate": Handout(
        "--out", "写到文件: .html 可离线打开和打印,.json 给程序用;缺省打印", check_writable, _write_certificate
    ),
    "opportunities": Handout(
        "--xlsx", "另写成 Excel 工作簿: 四张清单各一张表,可直接打印", _check_workbook, _write_workbook, printed=True
    ),
    "dashboard": Handout(
        "--xlsx", "另写成 Excel 工作簿: 每一部分一张表", _check_tables, _write_dashboard, printed=True
    ),
    "desk": Handout("--xlsx", "另写成 Excel 工作簿: 每一部分一张表,示例另列", _check_tables, _write_desk, printed=True),
    **dict.fromkeys(("clusters", "challenges", "scenarios", "centres", "events", "platforms"), REGISTRY),
    "projects": Handout("--xlsx", "另写成 Excel 工作簿,示例另列", _check_tables, _write_projects, printed=True),
    "leaders": Handout("--xlsx", "另写成 Excel: 谁点名的各一张表", _check_tables, _write_leaders, printed=True),
}
