"""The rooms whose pages the application serves."""

from api.audit import pages as audit
from api.chains import pages as chains
from api.changes import pages as changes
from api.coverage import pages as coverage
from api.dashboard import pages as dashboard
from api.desk import pages as desk
from api.firms import pages as firms
from api.gaps import pages as gaps
from api.leaders import pages as leaders
from api.load import pages as load
from api.local_share import pages as local_share
from api.matching import pages as matching
from api.openings import pages as openings
from api.placing import pages as placing
from api.projects import pages as projects
from api.registries import pages as registries
from api.targets import pages as targets
from api.things import pages as things
from api.week import pages as week

PAGES = (
    week,
    openings,
    gaps,
    targets,
    matching,
    chains,
    dashboard,
    desk,
    projects,
    leaders,
    local_share,
    registries,
    firms,
    things,
    audit,
    changes,
    load,
    placing,
    coverage,
)
