"""The words of the city at a glance."""

from queries.core.reason import Catalogue

say = Catalogue("dashboard")
