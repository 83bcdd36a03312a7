"""The words of the desk."""

from queries.core.reason import Catalogue

say = Catalogue("desk")
