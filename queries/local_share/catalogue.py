"""The words of local shares."""

from queries.core.reason import Catalogue

say = Catalogue("local_share")
