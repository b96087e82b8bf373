"""Sentences of papers that have no verdict here, and why: what a house leaves out should be as easy to find as what it judges."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Untested:
    """One sentence of a paper without a claim.

    Attributes:
        paper: Whose it is, with a number to find it by.
        sentence: What it says, in our words where only a summary could be read.
        read: Where it was read: abstract, paper, released code, public reviews, a summary by others.
        why: Why there is no verdict, in a sentence.
    """

    paper: str
    sentence: str
    read: str
    why: str


PLACES = tuple(f"core.{concern}.untested:UNTESTED" for concern in (
    "privacy", "spurious", "layernorm", "compression", "calibration", "retraining", "safety", "backdoor", "distillation"))
"""The tables, as text: a concern is imported when somebody asks."""
