"""Membership attacks on outputs that somebody brings: one target, its references where there are any, and membership shuffled.

With reference models the target stands first among K + 1 models, so that the attacks of the audit read the file as they read the house's
own models. Without them only the attacks that need none are asked.
"""

from dataclasses import dataclass, replace

import numpy as np

from core.lab.errors import InputError
from core.lab.seeds import generator
from core.measures.roc import auc, auc_interval
from core.privacy.attacks import ATTACKS, configured, lira
from core.privacy.attacks.record import Attack
from core.privacy.control import shuffle_membership
from core.privacy.given_labels import label_attack
from core.privacy.signals import Signals
from core.subjects.outputs import GivenOutputs

FEWEST_OF_SIDE = 20  # members, and others
FEWEST_KEPT = 0.5
MOST_STRANGERS = 2000
CHOSEN_FIRST = ("lira_online", "lira_offline", "loss")  # the attack that makes the headline: fixed before looking, not the best found
N_SHUFFLES = 20


@dataclass(frozen=True, eq=False)
class Attacked:
    """What every attack gives every row that is audited.

    Attributes:
        rows: Rows of the file that are audited (N,).
        members: Whether the target was trained on them (N,).
        scores: By attack (N,), larger for likelier members.
        attacks: The attacks, in table order.
        headline: Name of the attack that makes the headline.
        shuffled: Scores of the headline attack and membership, with whole columns dealt to other rows; several deals.
        counts: Number of references trained on each row, or None.
        notes: What was left out or chosen, a clause each.
    """

    rows: np.ndarray
    members: np.ndarray
    scores: dict[str, np.ndarray]
    attacks: tuple[Attack, ...]
    headline: str
    shuffled: tuple[tuple[np.ndarray, np.ndarray], ...]
    counts: np.ndarray | None
    notes: tuple[str, ...]


def check_audited(given: GivenOutputs, parts: int) -> None:
    """Refuse outputs that no membership attack can be made on.

    Raises:
        InputError: One sentence.
    """
    if given.members is None:
        raise InputError("outputs must tell which rows were trained on, but members is missing: add an array of 1 and 0, or give "
                         "train_predictions and test_predictions.")
    fewest = min(int(given.members.sum()), int((~given.members).sum()))
    if fewest // parts < FEWEST_OF_SIDE:
        raise InputError(f"each of the {parts} parts must hold at least {FEWEST_OF_SIDE} members and as many others, got {fewest} of the "
                         f"rarer kind for all of them: lower parts{'' if fewest >= FEWEST_OF_SIDE else ', and bring more rows'}.")
    if given.reference_members is not None and usable(given)[0].mean() < FEWEST_KEPT:
        raise InputError(f"most rows need two reference models that were not trained on them, got {int(usable(given)[0].sum())} of "
                         f"{len(given.y)} rows that have them: add reference models or leave the references out.")


def usable(given: GivenOutputs) -> tuple[np.ndarray, bool]:
    """Return which rows have references enough, and whether online attacks can be made on them.

    Two on each side are asked for, whether or not the target was trained on a row: a rule that looked at the target would tell members.
    """
    inside = given.reference_members.sum(axis=0)
    outside = len(given.reference_members) - inside
    both = (inside >= 2) & (outside >= 2)
    return (both, True) if both.mean() >= FEWEST_KEPT else (outside >= 2, False)


def attack(given: GivenOutputs, *, lira_variance: lira.Variance, with_learned: bool, seed: int) -> Attacked:
    """Return the scores of every attack that the outputs allow.

    Args:
        given: Outputs with membership, see ``check_audited``.
        lira_variance: See ``lira.online``.
        with_learned: Whether the attack network is trained, too; it needs references and imports torch.
        seed: Of the shuffles, the strangers and the attack network.
    """
    notes: list[str] = []
    if given.reference_logits is None:
        rows, signals = np.arange(len(given.y)), _alone(given, np.arange(len(given.y)))
        table = tuple(one for one in ATTACKS if one.knowledge == "none" and one.is_available(signals)) + _by_labels(given, rows)
        return _attacked(rows, signals, table, None, notes, seed)
    kept, is_online = usable(given)
    rows = np.flatnonzero(kept)
    if len(rows) < len(kept):
        notes.append(f"{len(kept) - len(rows):,} rows have fewer than two references {'on each side' if is_online else 'without them'} and "
                     "were left out")
    counts = given.reference_members[:, rows].sum(axis=0)
    low, high = auc_interval(-counts.astype(float), given.members[rows])[1:]
    matched = not low <= 0.5 <= high
    notes.append("the number of references that hold a row tells members, so that equally many are taken for each" if matched else
                 "the number of references that hold a row tells nothing, so that all are taken")
    signals = _with_references(given, rows, seed, notes)
    table = configured(lira_variance=lira_variance, lira_counts="matched" if matched else "ignored", seed=seed)
    unwanted = {"references online"} if not is_online else set()
    table = tuple(one for one in table if one.is_available(signals) and one.knowledge not in unwanted
                  and (with_learned or one.id != "learned")) + _by_labels(given, rows)
    return _attacked(rows, signals, table, counts, notes, seed)


def _by_labels(given: GivenOutputs, rows: np.ndarray) -> tuple[Attack, ...]:
    """Return the attack on labels alone, where the model was asked about changed copies."""
    return () if given.copies_right is None else (label_attack(given, rows),)


def _alone(given: GivenOutputs, rows: np.ndarray) -> Signals:
    """Return the signals of the target alone, with the norm of its features where there are features."""
    norms = None if given.features is None else np.linalg.norm(given.features[rows].astype(np.float64), axis=1)[None]
    logits = given.logits[None, rows, None]
    return Signals(logits=logits, y=given.y[rows], members=given.members[None, rows], population_logits=logits[:, :0],
                   population_y=given.y[:0], sample_ids=rows, feature_norms=norms)


def _with_references(given: GivenOutputs, rows: np.ndarray, seed: int, notes: list[str]) -> Signals:
    """Return the signals of the target, first, and its references; strangers are rows that no model holds, or else any."""
    everyone = np.concatenate([given.members[None], given.reference_members])
    unseen = np.flatnonzero(~everyone.any(axis=0))
    among = unseen if len(unseen) >= 50 else rows
    strangers = np.sort(generator(seed, "outputs", "strangers").permutation(among)[:MOST_STRANGERS])
    notes.append(f"RMIA compares with {len(strangers):,} rows {'that no model was trained on' if len(unseen) >= 50 else 'of the file'}")
    logits = np.concatenate([given.logits[None, rows], given.reference_logits[:, rows].astype(np.float64)])[:, :, None]
    population = np.concatenate([given.logits[None, strangers], given.reference_logits[:, strangers].astype(np.float64)])[:, :, None]
    return Signals(logits=logits, y=given.y[rows], members=everyone[:, rows], population_logits=population,
                   population_y=given.y[strangers], sample_ids=rows)


def _attacked(rows: np.ndarray, signals: Signals, table: tuple[Attack, ...], counts: np.ndarray | None, notes: list[str],
              seed: int) -> Attacked:
    scores = {one.id: one.score(signals)[0] for one in table}
    name = next(one for one in CHOSEN_FIRST if one in scores)
    headline = next(one for one in table if one.id == name)
    if headline.knowledge == "none":  # the score does not look at membership, so that a deal costs nothing
        dealt = tuple((scores[name], shuffle_membership(signals, seed=seed, shuffle=deal).members[0]) for deal in range(N_SHUFFLES))
    else:
        deals = [shuffle_membership(signals, seed=seed, shuffle=deal) for deal in range(2)]
        dealt = tuple((headline.score(one)[0], one.members[0]) for one in deals)
    return Attacked(rows, signals.members[0], scores, table, name, dealt, counts, tuple(notes))


def shuffled_area(attacked: Attacked, rows: np.ndarray) -> float:
    """Return the AUC of the headline attack on some of its rows with membership shuffled, mean over deals."""
    return float(np.mean([auc(scores[rows], members[rows]) for scores, members in attacked.shuffled]))


def only(given: GivenOutputs, rows: np.ndarray) -> GivenOutputs:
    """Return the outputs of some rows."""
    def of(array: np.ndarray | None, axis: int = 0) -> np.ndarray | None:
        return None if array is None else np.take(array, rows, axis=axis)

    return replace(given, logits=given.logits[rows], y=given.y[rows], members=of(given.members), group=of(given.group),
                   features=of(given.features), copies_right=of(given.copies_right), reference_logits=of(given.reference_logits, 1),
                   reference_members=of(given.reference_members, 1))
