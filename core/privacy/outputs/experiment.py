"""An audit of outputs: every attack once on all rows, then one part of them judged. Nothing is trained, and no model is there."""

from functools import lru_cache

import numpy as np
import pandas as pd

from core.lab.errors import InputError
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.privacy.given_labels import with_copies
from core.privacy.given_outputs import Attacked, attack, check_audited, only
from core.privacy.outputs.config import PrivacyOutputsConfig
from core.privacy.outputs.files import load_audited
from core.privacy.outputs.headline import certainty, numbers
from core.privacy.outputs.result import PrivacyOutputsResult
from core.privacy.outputs.tables import attack_table, roc_table, slice_table
from core.privacy.score_tables import histogram_table
from core.subjects.asked import ask
from core.subjects.outputs import GivenOutputs

LAST = 1  # parts of one file are judged one after the other in one process


def _given(config: PrivacyOutputsConfig, context: Context) -> GivenOutputs:
    """Return the outputs of a file, or of a model with its references where some are to be trained."""
    if not config.has_model:
        return load_audited(config.outputs, config.parts)
    given, images = ask(config, device=context.device, threads=context.threads)
    given = with_copies(given, images, config, device=context.device, threads=context.threads)
    if config.n_references:
        from core.privacy.given_references import with_references  # only here does torch train

        given = with_references(given, images, config, context)
    check_audited(given, config.parts)
    return given


class _Scored:
    """Outputs of a file with the scores of all attacks; equal where file and settings are."""

    def __init__(self, given: GivenOutputs, config: PrivacyOutputsConfig) -> None:
        self.given, self.key = given, (given.fingerprint, config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Scored) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=LAST)
def _whole(scored: _Scored) -> tuple[Attacked, GivenOutputs, dict[str, pd.DataFrame]]:
    """Return attacks, audited rows and tables of a whole file; the parts after the first find them done."""
    given, config = scored.given, scored.key[1]
    found = attack(given, lira_variance=config.lira_variance, with_learned=config.with_learned, seed=0)
    audited = only(given, found.rows)
    tables = {
        "attacks": attack_table(found), "roc": roc_table(found), "slices": slice_table(found, audited),
        "histograms": histogram_table(found.members[None], {name: row[None] for name, row in found.scores.items()}, attacks=found.attacks),
        "notes": pd.DataFrame({"note": [*given.notes, *found.notes]}, dtype=str)}
    return found, audited, tables


def run(config: PrivacyOutputsConfig, seed: int, context: Context) -> PrivacyOutputsResult:
    """Return what one part of the outputs gives away, with the tables of all rows.

    Raises:
        InputError: If the file breaks a rule, or there is no such part.
    """
    if seed >= config.parts:
        raise InputError(f"a seed must be one of the {config.parts} parts, counted from 0, got {seed}: more would count rows twice.")
    context.begin(0)
    given = _given(config, context)
    context.begin(1)
    found, audited, tables = _whole(_Scored(given, config))
    context.begin(2)
    rows = part_of(found.members, seed, config.parts)
    rng = generator(seed, "outputs", "halves of a part")
    bins, error = certainty(found.scores[found.headline][rows], found.members[rows], rng)
    references = 0 if given.reference_logits is None else len(given.reference_logits)
    return PrivacyOutputsResult(**numbers(found, audited, rows), attack_error=error, n_references=float(references), certainty=bins,
                                **tables)


def part_of(members: np.ndarray, number: int, parts: int) -> np.ndarray:
    """Return the rows of one of several disjoint random parts, with equally many members in each but for one.

    Every seed makes the same deal and takes another part of it.
    """
    rng = generator(0, "privacy", "outputs", "parts")
    return np.sort(np.concatenate([rng.permutation(np.flatnonzero(members == side))[number::parts] for side in (True, False)]))
