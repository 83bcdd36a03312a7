"""The gap certificate as a file of its own that opens offline and prints on A4."""

from api.core.draw import draw_table
from api.core.links import NoLinks
from api.core.templating import environment, render_file
from queries.gaps.answers import Certificate
from queries.gaps.tables import tables_of_certificate
from queries.gaps.words import WHY

environment().globals["why"] = WHY


def certificate_file(answer: Certificate) -> str:
    """Return a certificate as one self-contained page."""
    links, sources = NoLinks(), {source.id: source.name for source in answer.sources}
    values = {"answer": answer, "tables": tables_of_certificate(answer), "links": links}
    values["draw"] = lambda table, whole=False: draw_table(table, links, sources, whole=whole)
    return render_file("certificate_file.html", **values)
