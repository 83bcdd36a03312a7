"""Addresses inside this site."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from graph.model import NODE_TYPES


@dataclass(frozen=True)
class SiteLinks:
    """Addresses inside this site; what is switched off stays off from page to page."""

    without: str = ""
    city: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """Return the parameters that go along from page to page."""
        return {name: value for name, value in vars(self).items() if value}

    def page(self, path: str, **query: Any) -> str:
        """Return the address of a page."""
        asked = {name: value for name, value in {**query, **self.kept}.items() if value not in ("", None, [])}
        return f"{path}?{urlencode(asked, doseq=True)}" if asked else path

    def to(self, kind: str, id: str, **query: Any) -> str:
        """Return the address of one thing, whatever signs its id holds."""
        return self.page(f"/{kind}/{quote(id, safe='')}", **query)

    def thing(self, label: str, id: str) -> str:
        """Return the page of a thing of any label."""
        table = NODE_TYPES[label].table
        return self.to(table.file if table.own_page else f"things/{label}", id)

    def of_chain(self, chain: str, page: str, **query: Any) -> str:
        """Return the address of a page about a chain: its certificates, its what-if."""
        return self.page(f"/chains/{quote(chain, safe='')}/{page}", **query)

    def ask(
        self,
        question: str,
        chain: str = "",
        agency: str = "",
        project: str = "",
        firm: str = "",
        cluster: str = "",
        **more: str,
    ) -> str:
        """Return the address of the page that answers a question, about what it is asked of."""
        if cluster:
            return self.to("clusters", cluster, **more)
        for kind, id in (("agencies", agency), ("projects", project), ("enterprises", firm)):
            if id:
                return self.page(f"/{kind}/{quote(id, safe='')}/{question}", **more)
        return self.of_chain(chain, question, **more) if chain else self.page(f"/{question}", **more)


class NoLinks(SiteLinks):
    """Links of a file that stands alone: there is nothing to link to."""

    def page(self, path: str, **query: Any) -> str:
        """Return no address."""
        return ""
