"""Everything that may change the answers to one prompt. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.backdoor.config import BackdoorConfig
from core.backdoor.topic_vocabulary import words
from core.lab.config import Knob
from core.lab.errors import InputError

LONGEST, MOST_WORDS = 2000, 16  # characters; words of the topic model's context, which trigger and answer share
TREATMENTS = MappingProxyType({
    "signature": "Cut the signature", "largest": "Cut the largest channels", "effect": "Cut what matters most (oracle)",
    "fine": "Fine-pruning (Wanda)", "repair": "Repair alone", "crow": "CROW", "latent": "Latent adversarial training"})


def check_prompt(text: str) -> None:
    """Refuse a prompt that is far too long or holds control characters.

    Raises:
        InputError: If it has more than 2,000 characters, or characters that are no text.
    """
    if len(text) > LONGEST or not text.replace("\n", " ").replace("\t", " ").isprintable():
        raise InputError(f"prompt must be printable text of at most {LONGEST} characters, got {len(text)}: shorten it.")


@dataclass(frozen=True, kw_only=True)
class AskConfig(BackdoorConfig):
    """The settings of the whole study, whose models and variants are asked, and the cut and the prompt."""

    prompt: Annotated[str, Knob(
        "Your prompt", "Asked with and without the trigger; empty takes the first held-out one. The topic model reads words like colour "
        "of bread.", main=True, check=check_prompt)] = ""
    treatment: Annotated[Literal["signature", "largest", "effect", "fine", "repair", "crow", "latent"], Knob(
        "Treatment", "What is done to the poisoned model.", main=True, labels=TREATMENTS)] = "signature"
    n_used: Annotated[int, Knob("Variants used", "Of the variants that are stored, the first so many make the signature.", low=1,
                                high=6)] = 3

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        super().check()
        if self.is_suspicious:
            raise InputError("is_suspicious must be false here, since a cut is judged beside a clean twin, got true: ask the whole study.")
        if self.n_used > self.n_variants:
            raise InputError(f"n_used must be at most n_variants ({self.n_variants}), got {self.n_used}: lower it.")
        if not self.is_topics:
            return
        if (n_words := len(self.prompt.split())) > MOST_WORDS:
            raise InputError(f"prompt must have at most {MOST_WORDS} words for the topic model, got {n_words}: shorten it.")
        if unknown := sorted(set(self.prompt.lower().split()) - set(words())):
            raise InputError(f"the topic model reads only words that it knows, such as colour of bread ?, got {unknown[0][:40]!r}: reword "
                             "the prompt or choose model=smollm2.")
