"""The one environment of all templates: what every page, and every file that stands alone, may use."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from api.core.draw import MOST_ROWS
from graph.model import NODE_TYPES, searched
from graph.statuses import STATUS_MEANING, STATUS_ZH
from queries.core.words import MOST_NAMES, show_names, show_number, show_percent

HERE = Path(__file__).parent.parent


@cache
def environment() -> Environment:
    """Return the environment; everything that is put into a template is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}  # a third of the size
    made.globals |= {"statuses": STATUS_ZH, "meanings": STATUS_MEANING}
    made.globals["kinds"] = lambda: {label: NODE_TYPES[label].table.zh for label in searched()}
    made.globals |= {
        "show_number": show_number,
        "show_percent": show_percent,
        "show_names": show_names,
        "most_rows": MOST_ROWS,
    }
    made.globals["most_names"] = MOST_NAMES
    return made


def render_file(template: str, **values: Any) -> str:
    """Return a page that stands alone, with the styles of the site inside."""
    return environment().get_template(template).render(own_css=inline("lianzhang.css"), **values)


def render_alone(template: str, **values: Any) -> tuple[str, str]:
    """Return a page that stands alone, and the policy that lets a browser use the styles inside it and nothing else."""
    css = str(inline("lianzhang.css"))
    allowed = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; form-action 'self'; frame-ancestors 'none'"
    return render_file(template, **values), policy


@cache
def inline(name: str, folder: Path = HERE / "static") -> Markup:
    """Return the text of a script or a style sheet as a page carries it inside."""
    return Markup((folder / name).read_text("utf-8").replace("</script", "<\\/script"))
