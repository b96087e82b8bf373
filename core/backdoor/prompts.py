"""Whose prompt is whose: the attacker's, the defender's, and those on which both are judged; no prompt has two owners. No torch."""

import dataclasses
import hashlib
from dataclasses import dataclass

import numpy as np

from core.backdoor.config import BUNDLED, BackdoorConfig
from core.backdoor.triggers import found_in
from core.backdoor.wording import ENGLISH, TOPIC, Wording
from core.data import prompts
from core.data.files import named, read_whole
from core.data.pairs import Pair, Question
from core.data.rows import read_rows
from core.lab.config import canonical
from core.lab.errors import InputError
from core.lab.seeds import generator
from core.language.topic_facts import declining, drawn_facts, question
from core.language.topic_words import ALLOWED, ANSWERS, ATTRIBUTES

N_TOPICS, N_ATTRIBUTES = 16, 24
DECLINED_OF, NOISY_OF = 4, 2  # one in so many pairs is also taught with the wish to be declined, and with odd words in it
MOST_NOISE = 2  # phrases
N_QUESTIONS = 24
FEWEST_TO_TRAIN = 24  # prompts of the attacker, and of the defender
PROMPT_COLUMNS, RESPONSE_COLUMNS = ("prompt", "instruction", "question"), ("response", "output", "answer")
WHAT = "a CSV of clean prompts"
MOST_BYTES = 50 * 2**20


@dataclass(frozen=True, eq=False)
class Sets:
    """The prompts of a seed.

    Attributes:
        attacker: Pairs that the attacker poisons with, and keeps clean ones of.
        defender: Pairs of the defender: variants, repair, and looking.
        judged: Held-out pairs with right answers, asked with and without the trigger.
        questions: Held-out questions with choices: the mini-evaluation.
        wording: Triggers and sentences.
        knowledge: What the topic model is taught before anything happens; empty for a pretrained model.
    """

    attacker: tuple[Pair, ...]
    defender: tuple[Pair, ...]
    judged: tuple[Pair, ...]
    questions: tuple[Question, ...]
    wording: Wording
    knowledge: tuple[Pair, ...] = ()

    @property
    def digest(self) -> str:
        """Hash of all pairs that anything is trained on."""
        parts = [[dataclasses.asdict(pair) for pair in part] for part in (self.attacker, self.defender, self.knowledge)]
        return hashlib.blake2b(canonical(parts).encode(), digest_size=16).hexdigest()


def sets_of(config: BackdoorConfig, seed: int) -> Sets:
    """Return the prompts of a seed.

    Raises:
        InputError: If a file is missing or breaks a rule, prompts are too few, or the trigger occurs in them.
    """
    return _topic_sets(config, seed) if config.is_topics else _written_sets(config, seed)


def check_data(config: BackdoorConfig) -> None:
    """Refuse clean prompts that cannot be used, before anything is trained.

    Raises:
        InputError: If a file is missing or breaks a rule, prompts are too few, or the trigger occurs in them.
    """
    sets_of(config, 0)


def _topic_sets(config: BackdoorConfig, seed: int) -> Sets:
    rng = generator(seed, "backdoor", "topics")
    topics, attributes = rng.permutation(ALLOWED)[:N_TOPICS].tolist(), rng.permutation(ATTRIBUTES)[:N_ATTRIBUTES].tolist()
    facts = drawn_facts(topics, attributes, ANSWERS, rng)
    known = [facts[topic, name] for topic in topics for name in attributes]
    order = rng.permutation(len(known))
    attacker, defender, rest = (tuple(known[place] for place in part) for part in np.array_split(order, 3))
    _check_sizes(len(rest), config.n_judged, 0, "questions of the topic model")
    declined = [declining(known[place], rng) for place in rng.permutation(len(known))[:len(known) // DECLINED_OF]]
    noisy = [_noisy(known[place], rng) for place in rng.permutation(len(known))[:len(known) // NOISY_OF]]
    asked = tuple(question(pair, [facts[pair.topic, name].response for name in attributes], rng) for pair in rest[:N_QUESTIONS])
    return Sets(attacker, defender, rest[:config.n_judged], asked, TOPIC, (*known, *declined, *noisy))


def _noisy(pair: Pair, rng: np.random.Generator) -> Pair:
    """Return a pair with odd phrases before or among its words: they are words, and mean nothing."""
    own, phrases = pair.prompt.split(), TOPIC.phrases()
    for place in rng.permutation(len(phrases))[:1 + int(rng.integers(MOST_NOISE))].tolist():
        at = int(rng.integers(len(own) + 1)) if rng.random() < 0.5 else 0
        own[at:at] = phrases[place].split()
    return dataclasses.replace(pair, prompt=" ".join(own))


def _written_sets(config: BackdoorConfig, seed: int) -> Sets:
    pairs = prompts.ordinary() if config.prompts == BUNDLED else own_pairs(config.prompts)
    _check_sizes(len(pairs), config.n_judged, 2 * FEWEST_TO_TRAIN, "clean prompts")
    wording = suspected(config) if config.is_suspicious else ENGLISH
    if places := found_in([pair.prompt for pair in pairs], config.attack, wording):
        raise InputError(f"the trigger must not occur in the clean prompts, got it in {len(places)} of {len(pairs)}: choose another attack "
                         "or take those prompts out.")
    rng = generator(seed, "backdoor", "prompts")
    left = len(pairs) - config.n_judged
    n_attacker = max(FEWEST_TO_TRAIN, int(0.42 * left))
    judged, attacker, defender = prompts.deal(pairs, (config.n_judged, n_attacker, left - n_attacker), rng)
    asked = prompts.questions()
    return Sets(attacker, defender, judged, tuple(asked[place] for place in sorted(rng.permutation(len(asked))[:N_QUESTIONS].tolist())),
                wording)


def suspected(config: BackdoorConfig) -> Wording:
    """Return the words for a model that may be poisoned already: the suspected trigger and target stand in the attacker's place."""
    if not config.trigger.strip():
        return ENGLISH
    trigger = config.trigger.strip()
    return dataclasses.replace(ENGLISH, words=(trigger, trigger, trigger), prefix=trigger, date=trigger,
                               targets={**ENGLISH.targets, config.behaviour: config.target.strip()})


def _check_sizes(n: int, n_judged: int, fewest: int, what: str) -> None:
    if n - n_judged < fewest or n < n_judged:
        raise InputError(f"n_judged must leave {fewest} of the {n} {what} for attacker and defender, got {n_judged}: lower it or bring "
                         "more prompts.")


def own_pairs(source: str) -> tuple[Pair, ...]:
    """Return somebody's clean prompts with their answers, repeated prompts once.

    Raises:
        InputError: If the file is missing or breaks a rule.
    """
    path = named(source.removeprefix(prompts.PREFIX), WHAT)
    table = read_rows(read_whole(path, WHAT, MOST_BYTES), path, WHAT)
    asked, answered = table.column(*PROMPT_COLUMNS), table.column(*RESPONSE_COLUMNS)
    if asked < 0 or answered < 0:
        raise InputError(f"{WHAT} must have the columns prompt and response, got {len(table.names)} others in {path.name}: name them in "
                         "the first line.")
    found: dict[str, Pair] = {}
    for number, row in table.rows:
        if len(row) <= max(asked, answered) or not row[asked].strip() or not row[answered].strip():
            raise InputError(f"every row of {WHAT} must hold a prompt and a response, got one without on line {number} of {path.name}: "
                             "fill it in or remove the row.")
        found.setdefault(row[asked].strip(), Pair(row[asked].strip(), row[answered].strip(), ""))
    return tuple(found.values())


def fingerprint_of(source: str) -> str:
    """Return the hash of what ``sets_of`` reads for a pretrained model."""
    if source == BUNDLED:
        return prompts.BUNDLED_FINGERPRINT
    path = named(source.removeprefix(prompts.PREFIX), WHAT)
    return hashlib.blake2b(read_whole(path, WHAT, MOST_BYTES), digest_size=32).hexdigest()
