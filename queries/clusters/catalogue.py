"""The words of the clusters."""

from queries.core.reason import Catalogue

say = Catalogue("clusters")
