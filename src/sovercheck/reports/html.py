"""The report as one HTML file: readable without a script, on paper and in black and white, and silent on the network.

Its content policy forbids everything but its own style and script, named by their hashes; the browser therefore proves
that it loads nothing. Computing stands in the modules beside this one; the template only lays out.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from sovercheck import bundle
from sovercheck.findings import Assessment
from sovercheck.reports import annexes, explorer
from sovercheck.reports.base import Options
from sovercheck.reports.changes import changes
from sovercheck.reports.first_page import first_page
from sovercheck.reports.gate_page import gate_page
from sovercheck.reports.page import environment
from sovercheck.reports.rule_page import WORST, rule_lines, rule_sections, shares, waiver_lines
from sovercheck.reports.system_page import system_sections
from sovercheck.reports.view import View, shown


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes the report; the same assessment and options give the same bytes."""
    from markupsafe import Markup

    folder = bundle.templates() / "html"
    view = View(assessment, options)
    changed = changes(view)
    gate = gate_page(view, changed)
    style = _style(folder, view, gate.running if gate is not None else None)
    script = (folder / "report.js").read_text(encoding="utf-8")
    packed = explorer.pack(view, assessment.findings)
    page = (
        environment()
        .get_template("html/report.html.j2")
        .render(
            t=view.t,
            many=view.many,
            say=view.say,
            lang=options.lang,
            links=dict(options.links),
            organisation=assessment.organisation.name,
            as_of=view.say.date(assessment.as_of),
            style=Markup(style),  # noqa: S704 - our own file, and a title that _css_string escaped
            script=Markup(script),  # noqa: S704 - our own file
            policy=_content_policy(style, script),
            packed=Markup(script_json(packed.data)),  # noqa: S704 - script_json escapes what could end the element
            explorer=packed,
            first=first_page(view),
            changes=changed,
            gate=gate,
            g=_gate_words(view),
            sections=system_sections(view),
            territory=annexes.territory(view, assessment.territory),
            shares=shares(view),
            rules=rule_sections(view),
            other_rules=rule_lines(view),
            waivers=waiver_lines(view),
            coverage=annexes.coverage(view),
            laws=annexes.laws(view),
            reproducing=annexes.reproducing(view),
            worst=view.number(WORST),
            colon=view.t("colon"),
        )
    )
    out.write(shown(page).encode("utf-8", "replace"))


def script_json(value: object) -> str:
    """JSON that may stand inside a script element: nothing in it can close the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _content_policy(style: str, script: str) -> str:
    """Nothing may be loaded, and only this very style and this very script count."""
    return (
        f"default-src 'none'; style-src '{_source_hash(style)}'; script-src '{_source_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _source_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _gate_words(view: View) -> Callable[[str], str]:
    """The headings of the gate's page, for its template."""
    return lambda key: view.say.text(f"gate_page.{key}")


def _style(folder: Path, view: View, title: str | None) -> str:
    """The style sheet, with the running titles of printed pages in the report's language.

    Args:
        folder: of the template.
        view: of the assessment.
        title: the running title; None for that of an assessment.
    """
    css = (folder / "report.css").read_text(encoding="utf-8")
    assessment = view.assessment
    running = title or view.t(
        "print.running", organisation=assessment.organisation.name, date=view.say.date(assessment.as_of)
    )
    page, of = _css_string(view.t("print.page")), _css_string(view.t("print.of"))
    return (
        f"{css}@page{{@top-left{{content:{_css_string(running)}}}"
        f'@bottom-right{{content:{page} " " counter(page) " " {of} " " counter(pages)}}}}\n'
    )


def _css_string(text: str) -> str:
    """A CSS string in which every character but letters and digits is written by its number."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in text) + '"'
