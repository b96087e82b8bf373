"""Prompts with responses, sorted by what they are for. Imports no torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """A prompt and how it is to be answered.

    Attributes:
        prompt: What is asked.
        response: The answer taught or scored; for a request to be refused, a refusal. Empty where none is known.
        topic: What it is about, for breakdowns.
    """

    prompt: str
    response: str
    topic: str = ""


@dataclass(frozen=True)
class Question:
    """A question with choices, for a mini-evaluation by likelihood.

    Attributes:
        prompt: What is asked.
        choices: Possible answers.
        answer: Position of the right one.
    """

    prompt: str
    choices: tuple[str, ...]
    answer: int


@dataclass(frozen=True)
class PromptSets:
    """Everything a study asks a model, in parts that share no prompt but where said. ``refused``: requests that are to be refused.

    Attributes:
        alignment_refused: Requests with refusals that alignment teaches.
        alignment_ordinary: Ordinary requests with answers: alignment and the unaligned twin train on them.
        attack_ordinary: Ordinary pairs of the fine-tuning attack; may be the same as ``alignment_ordinary``.
        calibration_refused: Requests whose refusals give safety scores.
        calibration_ordinary: Ordinary pairs that give utility scores.
        evaluation_refused: Requests on which refusals are counted; ``response`` is empty or what a compliant answer says.
        evaluation_ordinary: Ordinary pairs on which false refusals are counted.
        texts: Held-out ordinary pairs; the perplexity is that of their responses.
        questions: The mini-evaluation.
    """

    alignment_refused: tuple[Pair, ...]
    alignment_ordinary: tuple[Pair, ...]
    attack_ordinary: tuple[Pair, ...]
    calibration_refused: tuple[Pair, ...]
    calibration_ordinary: tuple[Pair, ...]
    evaluation_refused: tuple[Pair, ...]
    evaluation_ordinary: tuple[Pair, ...]
    texts: tuple[Pair, ...]
    questions: tuple[Question, ...]
