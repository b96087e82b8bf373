"""The report's forms by the ending of their file. ``core.lab.export`` finds them through the experiment's record."""

import json
from collections.abc import Callable
from types import MappingProxyType

from core.lab.runs import Run
from core.scorecard.report.content import record
from core.scorecard.report.page import page
from core.scorecard.report.pdf import pdf


def twin(run: Run, place: int = 0) -> bytes:
    """Return the report of one seed as JSON; ``schema.SCHEMA`` describes it."""
    return (json.dumps(record(run, place), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def card(run: Run, place: int = 0) -> bytes:
    """Return the report of one seed as a model card of the Hugging Face Hub."""
    from core.scorecard.report.model_card import model_card  # the Hub's library, which nothing else here needs

    return model_card(run, place).encode()


def made(run: Run, ending: str, place: int) -> bytes:
    """Return the report of one seed, ``.json`` or ``.md``."""
    return twin(run, place) if ending == ".json" else card(run, place)


REPORTS: MappingProxyType[str, Callable[[Run], bytes]] = MappingProxyType({
    ".html": page, ".pdf": lambda run: pdf(page(run)), ".json": twin, ".md": card})
