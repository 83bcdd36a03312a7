"""All questions, by room."""

from typing import Any

from queries.audit import questions as audit
from queries.clusters import questions as clusters
from queries.core.question import Question
from queries.coverage import questions as coverage
from queries.dashboard import questions as dashboard
from queries.desk import questions as desk
from queries.gaps import questions as gaps
from queries.leaders import questions as leaders
from queries.local_share import questions as local_share
from queries.matching import questions as matching
from queries.names import questions as names
from queries.networks import questions as networks
from queries.openings import questions as openings
from queries.placing import questions as placing
from queries.projects import questions as projects
from queries.registries import questions as registries
from queries.targets import questions as targets
from queries.things import questions as things
from queries.week import questions as week

ROOMS = (
    week,
    things,
    names,
    gaps,
    networks,
    openings,
    targets,
    matching,
    placing,
    coverage,
    desk,
    projects,
    leaders,
    local_share,
    clusters,
    registries,
    dashboard,
    audit,
)
QUESTIONS: tuple[Question[Any], ...] = tuple(
    declared for room in ROOMS for declared in vars(room).values() if isinstance(declared, Question)
)
