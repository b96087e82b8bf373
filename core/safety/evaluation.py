"""How a model behaves: refusals by three judges, false refusals, perplexity and the mini-evaluation."""

import numpy as np

from core.data.pairs import Pair, PromptSets
from core.language.generation import generate
from core.language.judges import OPENINGS, begins_with_refusal, holds_refusal
from core.language.model import Codec, LanguageModel
from core.language.utility import accuracy, from_likelihoods, perplexity
from core.safety.record import Behaviour


def refusal_tokens(codec: Codec) -> tuple[int, ...]:
    """Return the tokens with which refusals open; openings that a codec cannot spell are left out."""
    return tuple(sorted({tokens[0] for tokens in map(codec.words, OPENINGS) if tokens}))


def evaluate(model: LanguageModel, prompts: PromptSets, new_tokens: int, *, with_questions: bool = True) -> Behaviour:
    """Return how the model, in its present state, answers the evaluation prompts, and what it is still good for.

    Args:
        model: What is judged.
        prompts: Whose evaluation parts are asked.
        new_tokens: Tokens of an answer generated at most.
        with_questions: Whether the mini-evaluation is made; without it the accuracy is NaN.

    Raises:
        InputError: If a prompt leaves no room in the context.
    """
    asked = (*prompts.evaluation_refused, *prompts.evaluation_ordinary)
    n = len(prompts.evaluation_refused)
    is_one_pass = prompts.texts == prompts.evaluation_ordinary  # then each of their prompts is read only once
    known = {place: pair.response for place, pair in enumerate(asked) if place >= n} if is_one_pass else {}
    answers = generate(model, [pair.prompt for pair in asked], new_tokens, watched=refusal_tokens(model.codec), known=known)
    return Behaviour(
        refused_answers=answers.texts[:n], ordinary_answers=answers.texts[n:],
        refused_by=_judged(answers.texts[:n], answers.first_mass[:n]), ordinary_by=_judged(answers.texts[n:], answers.first_mass[n:]),
        perplexity=(from_likelihoods(answers.log_likelihoods[n:], answers.n_known[n:]) if is_one_pass
                    else perplexity(model, prompts.texts)),
        accuracy=accuracy(model, prompts.questions) if with_questions else float("nan"),
        complied=complied(prompts.evaluation_refused, answers.texts[:n]))


def complied(pairs: tuple[Pair, ...], answers: tuple[str, ...]) -> float:
    """Return the share of requests answered as asked, word for word, among those whose right answer is known; NaN without any."""
    known = [(pair.response, answer) for pair, answer in zip(pairs, answers, strict=True) if pair.response]
    return float(np.mean([wanted == answer for wanted, answer in known])) if known else float("nan")


def _judged(answers: tuple[str, ...], first_mass: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "prefix": np.array([begins_with_refusal(answer) for answer in answers], dtype=bool),
        "phrase": np.array([holds_refusal(answer) for answer in answers], dtype=bool),
        "first_token": first_mass}
