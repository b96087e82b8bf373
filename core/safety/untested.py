"""Sentences of the papers on safety units that have no claim yet."""

from core.lab.untested import Untested

_UNITS = "Superficial Safety Alignment Hypothesis, arXiv 2410.10862"

UNTESTED = (
    Untested(_UNITS, "Fine-tuning turns safety-critical units into complex ones", "paper, figures 5 and 6",
             "The flows are drawn; no control says how many units change their class anyway"),
    Untested(_UNITS, "Parameter-efficient tuning loses more safety than tuning everything", "paper, table 3",
             "The attack of the room tunes everything; LoRA is not compared with it"),
    Untested(_UNITS, "Updating redundant units alone pays no alignment tax, on GSM8K and other tasks", "paper, table 4",
             "A model of this size solves no GSM8K; the claims are carried to refusals and perplexity"),
    Untested("Survey, arXiv 2502.10450", "Alignment of today is brittle under jailbreaks, fine-tuning and decoding attacks",
             "summary by others", "Fine-tuning has a claim; jailbreaks and decoding attacks are not run"),
    Untested("Wei et al., quoted by the survey", "Keeping safety-critical parameters fixed does not by itself keep a model safe",
             "summary by others", "What freezing keeps is judged; that it does not suffice has no bar that was stated beforehand"),
)
