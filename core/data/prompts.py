"""Requests to a language model by the text that names them: ``bundled``, our own, or ``csv:PATH``. Imports no torch.

Bundled are 160 mild requests that a model should refuse, over ten topics and without any detail that would help, 180 ordinary ones with
short answers over twelve topics (one of them sounds alarming and is harmless), and 48 questions with four choices.

A CSV replaces the requests to be refused: a column ``prompt``, ``goal`` (AdvBench), ``behavior`` (HarmBench) or what else collections
call it, or one column of sentences without a header (HEx-PHI). ``topic`` or ``category`` sorts them where it is there, and rows that a
column ``label`` marks as safe (XSTest) are left out. Other columns, such as AdvBench's ``target``, are not read.
"""

import csv
import hashlib
import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from core.data.files import named, read_whole
from core.data.pairs import Pair, PromptSets, Question
from core.data.rows import read_rows
from core.lab.errors import InputError

BUNDLED = "bundled"
PREFIX = "csv:"
WHAT = "a CSV of prompts"
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "safety_prompts"
FILES = ("to_refuse.csv", "ordinary.csv", "choices.csv")
BUNDLED_FINGERPRINT = "866c02b90ebdb7a30369318909710e73e60086756c960a746b32b497920a6a8a"
COLUMNS = ("prompt", "goal", "instruction", "behavior", "forbidden_prompt", "question", "text")
TOPIC_COLUMNS = ("topic", "category", "semanticcategory")
FEWEST_TO_ALIGN = 8
MOST_BYTES, LONGEST = 50 * 2**20, 20_000
REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I can't help with that request. It could hurt someone.",
    "Sorry, I won't do that, because it could cause harm.",
)


def check_prompts(text: str) -> None:
    """Refuse a text that names no prompts; whether the file exists is not looked at.

    Raises:
        InputError: If ``text`` is neither ``bundled`` nor ``csv:PATH``.
    """
    if text != BUNDLED and not (text.startswith(PREFIX) and text.removeprefix(PREFIX).strip() and "\0" not in text):
        raise InputError(f"prompts must be {BUNDLED} or csv:PATH, got {text!r}.")


def prompts_fingerprint(source: str) -> str:
    """Return the hash of everything that ``prompt_sets`` reads for a source.

    Raises:
        InputError: If a file is missing, or a CSV breaks a rule.
    """
    if source == BUNDLED:
        return BUNDLED_FINGERPRINT
    requests(source)  # a file that cannot be used is refused here, before any work
    return hashlib.blake2b(read_whole(_path(source), WHAT, MOST_BYTES) + BUNDLED_FINGERPRINT.encode(), digest_size=32).hexdigest()


def requests(source: str) -> tuple[Pair, ...]:
    """Return the requests that should be refused, without responses, in the order of the file; repeated ones once.

    Raises:
        InputError: If the file is missing or breaks a rule.
    """
    check_prompts(source)
    path = _path(source)
    if source == BUNDLED:
        return tuple(Pair(row[0], "", row[1]) for row in _bundled("to_refuse.csv"))
    return _own(read_whole(path, WHAT, MOST_BYTES), path)[0]


def notes_on(source: str) -> tuple[str, ...]:
    """Return what was recognised, left out or changed on reading somebody's requests, a clause each.

    Raises:
        InputError: If the file is missing or breaks a rule.
    """
    check_prompts(source)
    return () if source == BUNDLED else tuple(_own(read_whole(_path(source), WHAT, MOST_BYTES), _path(source))[1])


def ordinary() -> tuple[Pair, ...]:
    """Return the bundled ordinary requests with their answers."""
    return tuple(Pair(*row) for row in _bundled("ordinary.csv"))


def questions() -> tuple[Question, ...]:
    """Return the bundled questions; the place of the right choice goes round, so that no place is favoured."""
    found = []
    for number, (prompt, right, *wrong) in enumerate(_bundled("choices.csv")):
        place = number % (len(wrong) + 1)
        found.append(Question(prompt, (*wrong[:place], right, *wrong[place:]), place))
    return tuple(found)


def prompt_sets(source: str, *, n_calibration: int, n_evaluation: int, rng: np.random.Generator) -> PromptSets:
    """Return all prompts of a study; evaluation, calibration, alignment and attack share none, each balanced over topics.

    Requests to be refused that neither evaluation nor calibration takes are for alignment; the ordinary ones that they leave go to
    alignment and attack in equal parts. Taught refusals are three fixed sentences in turn. Perplexity is that of the ordinary
    evaluation pairs.

    Args:
        source: ``bundled`` or ``csv:PATH``.
        n_calibration: Pairs of each kind for the unit scores.
        n_evaluation: Prompts of each kind on which behaviour is judged.
        rng: Draws the parts.

    Raises:
        InputError: If there are too few prompts, or a file breaks a rule.
    """
    asked, common = requests(source), ordinary()
    check_sizes(len(asked), n_calibration, n_evaluation, "requests to be refused", FEWEST_TO_ALIGN)
    check_sizes(len(common), n_calibration, n_evaluation, "bundled ordinary requests", 2 * FEWEST_TO_ALIGN)
    used = n_calibration + n_evaluation
    evaluation, calibration, alignment = deal(asked, (n_evaluation, n_calibration, len(asked) - used), rng)
    left = len(common) - used
    answered, utility, taught, attack = deal(common, (n_evaluation, n_calibration, left - left // 2, left // 2), rng)
    return PromptSets(
        alignment_refused=with_refusals(alignment), alignment_ordinary=taught, attack_ordinary=attack,
        calibration_refused=with_refusals(calibration), calibration_ordinary=utility, evaluation_refused=evaluation,
        evaluation_ordinary=answered, texts=answered, questions=questions())


def with_refusals(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return the requests with refusals, the three sentences in turn."""
    return tuple(Pair(pair.prompt, REFUSALS[place % len(REFUSALS)], pair.topic) for place, pair in enumerate(pairs))


def check_sizes(n_prompts: int, n_calibration: int, n_evaluation: int, what: str, fewest: int) -> None:
    """Refuse parts that leave too few prompts for training.

    Raises:
        InputError: If fewer than ``fewest`` are left.
    """
    if n_prompts - n_calibration - n_evaluation < fewest:
        raise InputError(f"n_calibration and n_evaluation must leave {fewest} of the {n_prompts} {what} for training, got "
                         f"{n_calibration} + {n_evaluation}: lower one of them or bring more prompts.")


def deal(pairs: Sequence[Pair], sizes: tuple[int, ...], rng: np.random.Generator) -> list[tuple[Pair, ...]]:
    """Return disjoint parts of these sizes, drawn at random and balanced over topics as far as they reach."""
    order = rng.permutation(len(pairs))
    seen: dict[str, int] = {}
    ranks = np.empty(len(order), dtype=np.int64)  # how many pairs of the same topic come before it in the drawn order
    for place, row in enumerate(order):
        topic = pairs[row].topic
        ranks[place] = seen.get(topic, 0)
        seen[topic] = seen.get(topic, 0) + 1
    dealt = order[np.argsort(ranks, kind="stable")]
    edges = np.cumsum((0, *sizes))
    return [tuple(pairs[row] for row in dealt[start:end]) for start, end in pairwise(edges)]


def _path(source: str) -> Path:
    return FOLDER / FILES[0] if source == BUNDLED else named(source.removeprefix(PREFIX), "a CSV of prompts")


def _bundled(name: str) -> list[list[str]]:
    """Return the rows of one bundled file without its header, once all of them match their checksum."""
    contents = {file: read_whole(FOLDER / file, WHAT, MOST_BYTES) for file in FILES}
    found = hashlib.blake2b(b"".join(contents.values()), digest_size=32).hexdigest()
    if found != BUNDLED_FINGERPRINT:
        raise InputError(f"the bundled prompts must match their checksum, got {found}: restore assets/safety_prompts from the repository.")
    return list(csv.reader(io.StringIO(contents[name].decode(), newline="")))[1:]


def _own(content: bytes, path: Path) -> tuple[tuple[Pair, ...], list[str]]:
    """Return the distinct requests of somebody's file, and notes; two that differ in case or spaces alone are one."""
    table = read_rows(content, path, WHAT)
    notes, rows = list(table.notes), table.rows
    column, topic = table.column(*COLUMNS), table.column(*TOPIC_COLUMNS)
    if column < 0:
        if len(table.names) > 1 or (table.names and " " not in table.names[0]):
            others = f"{len(table.names)} other column{'' if len(table.names) == 1 else 's'}"
            raise InputError(f"a CSV of prompts must have a column {', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}, got {others} in "
                             f"{path.name}: name the column in the first line.")
        column = 0  # one column that begins with a sentence: a list without a header
        rows = (((1, table.first), *rows) if table.first else rows)
    safe = table.column("label")
    if safe >= 0 and {row[safe].strip().casefold() for _, row in rows if safe < len(row)} == {"safe", "unsafe"}:
        kept = tuple((number, row) for number, row in rows if safe < len(row) and row[safe].strip().casefold() == "unsafe")
        notes.append(f"{len(rows) - len(kept)} requests marked as safe were left out")
        rows = kept
    context = table.column("contextstring")
    found: dict[str, Pair] = {}
    empty = [number for number, row in rows if len(row) <= column or not row[column].strip()]
    if empty:
        raise InputError(f"every row of a CSV of prompts must hold a prompt, got {len(empty)} without in {path.name}, the first on line "
                         f"{empty[0]}: fill it in or remove the row.")
    for _, row in rows:
        prompt, about = row[column].strip(), row[topic].strip() if 0 <= topic < len(row) else ""
        if 0 <= context < len(row) and row[context].strip():
            prompt = f"{row[context].strip()}\n\n{prompt}"
        found.setdefault(" ".join(prompt.casefold().split()), Pair(prompt[:LONGEST], "", about[:60]))
    if not found:
        raise InputError(f"a CSV of prompts must hold at least one prompt, got none in {path.name}: add prompts.")
    if again := len(rows) - len(found):
        notes.append(f"{again} repeated requests count once")
    if context >= 0:
        notes.append("where a request has a context, it stands before it")
    return tuple(found.values()), notes
