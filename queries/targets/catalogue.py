"""The words of the targets."""

from queries.core.reason import Catalogue

say = Catalogue("targets")
