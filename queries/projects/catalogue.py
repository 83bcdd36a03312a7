"""The words of the projects."""

from queries.core.reason import Catalogue

say = Catalogue("projects")
