"""What a request needs: who reads is a viewer, who changes anything an editor, who sees what others did an admin."""

from api.core.people import Role
from queries.questions import QUESTIONS

READING = frozenset(f"/api/v1/{path}" for question in QUESTIONS if question.post for path in question.paths)
"""Questions that are posted because they are long; they change nothing."""
EVERYBODY = ("/login", "/logout")
FREE_QUERY = "/api/v1/cypher"
UPLOADED = ("/loads/", "/api/v1/loads/")  # what others have uploaded: rows with people's names before they are masked
ADMIN = ("/audit", "/api/v1/audit")


def needed(method: str, path: str, amounts: bool = True) -> Role:
    """Return the role that a request needs at least; ``amounts`` tells whether viewers may know those of supplies,
    which no page or answer shows, but any query can ask for."""
    if path == FREE_QUERY and not amounts:
        return Role.editor
    if path.startswith(ADMIN):
        return Role.admin
    if path.startswith((*UPLOADED, "/edit/")):  # and a form that a viewer could fill in, and not send
        return Role.editor
    if method in ("GET", "HEAD", "OPTIONS") or path in READING or path in EVERYBODY:
        return Role.viewer
    return Role.editor
