"""The words of what to do this week."""

from queries.core.reason import Catalogue

say = Catalogue("week")
