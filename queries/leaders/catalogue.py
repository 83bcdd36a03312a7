"""The words of the leaders."""

from queries.core.reason import Catalogue

say = Catalogue("leaders")
