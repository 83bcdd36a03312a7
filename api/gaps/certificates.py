"""The gap certificate as a file of its own that opens offline and prints on A4."""

from api.core.table import Desk, NoLinks
from api.core.templating import render_file
from api.gaps.tables import tables_of_certificate
from queries.gaps.answers import Certificate


def certificate_file(answer: Certificate) -> str:
    """Return a certificate as one self-contained page."""
    desk = Desk(NoLinks(), {source.id: source.name for source in answer.sources})
    return render_file("certificate_file.html", answer=answer, tables=tables_of_certificate(answer, desk), links=desk.links)
