"""Everything that may change the numbers of a scorecard, and what is asked of them. Imports no torch."""

import datetime
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, get_type_hints

from core.data.passages import check_passages
from core.data.prompts import check_prompts
from core.data.settings import takes
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.scorecard.limits import NONE, PROFILES
from core.scorecard.limits import check as check_limits
from core.scorecard.subjects import HOUSE, TITLES, check_subject, sort_of
from core.subjects.config import SubjectConfig

ALONE, OWN_PASSAGES, OWN_PROMPTS = "none", "auto", "bundled"
SUBJECTS = MappingProxyType({**takes("model"), **takes("outputs", template="outputs:{kind}:{upload}")})


def check_other(text: str) -> None:
    """Refuse what is neither a subject nor ``none``.

    Raises:
        InputError: One sentence.
    """
    if text != ALONE:
        check_subject(text)


def check_date(text: str) -> None:
    """Refuse what is no day; empty means the day of the run.

    Raises:
        InputError: One sentence.
    """
    try:
        if text:
            datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"limits_date must be a day such as 2026-11-29, or empty, got {text[:80]!r}.") from None


def check_asked_passages(text: str) -> None:
    """Refuse what is neither ``auto`` nor a file of passages.

    Raises:
        InputError: One sentence.
    """
    if text != OWN_PASSAGES:
        check_passages(text)


_TYPES = get_type_hints(SubjectConfig, include_extras=True)  # of a model that somebody brings: its data and how its pixels are scaled


@dataclass(frozen=True, kw_only=True)
class ScorecardConfig(Config):
    """Which model, against which limits."""

    subject: Annotated[str, Knob(
        "Subject", "The model under the lenses: one of the house, onnx:PATH, weights:PATH (safetensors), transformers:FOLDER, or "
        "outputs:npz:PATH, outputs:csv:PATH for what a model said; or a language model, of the house or language:transformers:FOLDER.",
        main=True,
        labels=TITLES, suggestions=tuple(TITLES), check=check_subject, takes=SUBJECTS)] = HOUSE
    limits: Annotated[str, Knob(
        "Limits", "none, or a profile (health, hiring, demo, assistant) and limits of rows such as leak<=3%, joined by +.", main=True,
        labels=MappingProxyType({NONE: "No limits", **{one.id: one.title for one in PROFILES.values()}}),
        suggestions=(NONE, *PROFILES), check=check_limits)] = NONE
    beside: Annotated[str, Knob(
        "Beside", "A second subject of the same kind, for paired differences: before and after a repair.", main=True,
        labels=MappingProxyType({ALONE: "Nothing", **TITLES}), suggestions=(ALONE, *TITLES), check=check_other,
        takes=SUBJECTS)] = ALONE
    limits_date: Annotated[str, Knob(
        "Limits set on", "Day on which limits of your own were fixed, before any number was seen; empty means the day of the run.",
        check=check_date)] = ""
    n_references: Annotated[int, Knob(
        "Reference models", "Models that the attacker trains on other samples; of subjects of the house.", low=3, high=255)] = 16
    level: Annotated[int, Knob("Level of drift", "Of the six corruptions, 1 (mild) to 5 (worst).", low=1, high=5)] = 3
    dataset: _TYPES["dataset"] = "fashion-mnist"
    scale: _TYPES["scale"] = "auto"
    n_rows: _TYPES["n_rows"] = 5000
    prompts: Annotated[str, Knob(
        "Prompts to refuse", "Of a language model that speaks English: our own list, or csv:PATH with a column prompt or goal.",
        labels=MappingProxyType({OWN_PROMPTS: "Our own list"}), suggestions=(OWN_PROMPTS,), check=check_prompts)] = OWN_PROMPTS
    passages: Annotated[str, Knob(
        "Passages", "Of a language model: csv:PATH with the columns text and member (1 suspected, 0 known not to be in training); auto "
        "takes what a model of the house was tuned on, beside others.",
        labels=MappingProxyType({OWN_PASSAGES: "What it was tuned on"}), suggestions=(OWN_PASSAGES,),
        check=check_asked_passages)] = OWN_PASSAGES
    mark_class: Annotated[int, Knob("Marked class", "Whose images a cue would stand for; 6 is Shirt.", low=0, high=9)] = 6
    harmed_class: Annotated[int, Knob("Harmed class", "Whose images are marked and asked; 0 is T-shirt or top.", low=0, high=9)] = 0

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if self.mark_class == self.harmed_class:
            raise InputError(f"mark_class and harmed_class must be two classes, got {self.mark_class} for both: change one.")
        if self.passages != OWN_PASSAGES and "topics" in (sort_of(self.subject), sort_of(self.beside)):
            raise InputError("passages must be auto for the topic model, which knows its own words alone, got a file: choose "
                             "subject=language:smollm2 or language:transformers:FOLDER.")
        if self.beside == self.subject:
            raise InputError(f"beside must name another subject than {self.subject}, got the same: choose one, or none.")
        if self.beside != ALONE and sort_of(self.beside) != sort_of(self.subject):
            raise InputError(f"two subjects are compared on the same samples, got {self.subject} and {self.beside}, which have none in "
                             "common: choose two networks of the house, two language models of one kind, two models of one data set, or "
                             "two files of outputs on the same rows.")

    def idle(self) -> frozenset[str]:
        """See ``Config.idle``: outputs alone have no references, no drift of ours and no mark."""
        sort, names = sort_of(self.subject), set()
        if sort != "house":
            names.add("n_references")
        if sort != "model":
            names |= {"dataset", "scale", "n_rows"}
        if sort not in ("house", "model"):
            names |= {"level", "mark_class", "harmed_class"}
        if sort != "english":
            names |= {"prompts", "passages"}
        if self.limits == NONE:
            names.add("limits_date")
        return frozenset(names)
