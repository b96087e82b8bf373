"""The report's forms by the ending of their file. ``core.lab.export`` finds them through the experiment's record."""

import json
from collections.abc import Callable
from types import MappingProxyType

from core.lab.runs import Run
from core.scorecard.report.content import record
from core.scorecard.report.model_card import model_card
from core.scorecard.report.page import page
from core.scorecard.report.pdf import pdf


def twin(run: Run) -> bytes:
    """Return the report as JSON; ``core/scorecard/report/schema.py`` describes it."""
    return (json.dumps(record(run), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


REPORTS: MappingProxyType[str, Callable[[Run], bytes]] = MappingProxyType({
    ".html": page, ".pdf": lambda run: pdf(page(run)), ".json": twin, ".md": lambda run: model_card(run).encode()})
