"""How the reasons of placing are worded."""

from queries.core.reason import Catalogue

say = Catalogue("placing")
