"""The rooms whose routes and pages the application serves: ids may hold any sign, so the rooms with words behind an id come first."""

from api.chains import pages as chain_pages
from api.chains import routes as chain_routes
from api.firms import pages as firm_pages
from api.firms import routes as firm_routes
from api.gaps import pages as gap_pages
from api.gaps import routes as gap_routes
from api.matching import pages as match_pages
from api.matching import routes as match_routes
from api.openings import pages as opening_pages
from api.openings import routes as opening_routes
from api.targets import pages as target_pages
from api.targets import routes as target_routes
from api.things import pages as thing_pages
from api.things import routes as thing_routes

ROUTES = (opening_routes, gap_routes, target_routes, match_routes, chain_routes, firm_routes, thing_routes)
PAGES = (opening_pages, gap_pages, target_pages, match_pages, chain_pages, firm_pages, thing_pages)
