"""Sentences of the papers on safety units and backdoors that have no claim yet."""

from core.lab.untested import Untested

_UNITS, _BACKDOOR = "Superficial Safety Alignment Hypothesis, arXiv 2410.10862", "Backdoor purification of generative language models, ICLR"
_NO_ROOM = "The house has no room for backdoors yet"

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
    Untested(_BACKDOOR, "The change of the MLPs holds the backdoor, that of attention only amplifies it", "paper, table 1", _NO_ROOM),
    Untested(_BACKDOOR, "Fewer than 12 consecutive blocks without that change leave the backdoor alive", "paper, table 1", _NO_ROOM),
    Untested(_BACKDOOR, "A signature of planted variants purifies: 82% of attacks succeed before and 7% after", "paper, table 2",
             f"{_NO_ROOM}; in our pilot answers after the repair were garbled, so that an attack without success was no purification"),
)
