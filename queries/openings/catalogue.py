"""How the reasons of the four lists are worded."""

from queries.core.reason import Catalogue

say = Catalogue("openings")
