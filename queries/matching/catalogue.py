"""How the reasons of the matcher are worded."""

from queries.core.reason import Catalogue

say = Catalogue("matching")
