"""The files that the answers of some questions are handed on as."""

from pathlib import Path

from api.core.asked import Handout
from graph.outputs import check_writable, write_text
from queries.gaps.answers import Certificate
from queries.openings.answers import Opportunities


def _write_certificate(answer: Certificate, path: Path) -> None:
    from api.gaps.certificates import certificate_file

    write_text(path, answer.model_dump_json(indent=2) if path.suffix == ".json" else certificate_file(answer))


def _check_workbook(path: Path) -> None:
    from api.core.workbooks import check_workbook_file

    check_workbook_file(path)


def _write_workbook(answer: Opportunities, path: Path) -> None:
    from api.openings.workbooks import write_workbook

    write_workbook(answer, path)


HANDOUTS = {
    "certificate": Handout(
        "--out", "写到文件: .html 可离线打开和打印,.json 给程序用;缺省打印", check_writable, _write_certificate
    ),
    "opportunities": Handout(
        "--xlsx", "另写成 Excel 工作簿: 四张清单各一张表,可直接打印", _check_workbook, _write_workbook, printed=True
    ),
}
