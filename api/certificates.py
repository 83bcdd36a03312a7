"""The gap certificate as a file of its own that opens offline and prints on A4."""

from queries.gaps.certificate import Certificate


def certificate_file(answer: Certificate) -> str:
    """Return a certificate as one self-contained page."""
    return answer.model_dump_json(indent=2)
