"""The words of the registries."""

from queries.core.reason import Catalogue

say = Catalogue("registries")
