"""Under which names people keep outputs, labels, membership, groups, references, shifted parts and features.

Training and test parts kept apart, as attack tools take them (``train_predictions, train_labels, test_predictions, test_labels``), are
known too: the training part is the members.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.lab.errors import InputError

ALIASES = MappingProxyType({
    "logits": ("logits", "home_logits", "logits_home", "target_logits"),
    "probs": ("probs", "probabilities", "p", "prob", "softmax", "home_probs", "probs_home", "home_probabilities", "posteriors"),
    "predictions": ("predictions", "preds", "outputs", "scores", "y_pred", "y_score", "y_prob"),
    "y": ("y", "labels", "targets", "y_true", "label", "target", "home_y", "y_home", "home_labels"),
    "members": ("members", "member", "membership", "memberships", "is_member", "is_train", "in_train"),
    "group": ("group", "groups", "attribute", "attributes", "home_group", "group_home"),
    "reference_logits": ("reference_logits", "shadow_logits", "ref_logits", "logits_reference"),
    "reference_probs": ("reference_probs", "shadow_probs", "ref_probs", "reference_probabilities"),
    "reference_predictions": ("reference_predictions", "shadow_predictions", "references", "reference_outputs"),
    "reference_members": ("reference_members", "shadow_members", "ref_members", "reference_membership", "keep"),
    "shifted_logits": ("shifted_logits", "logits_shifted", "away_logits"),
    "shifted_probs": ("shifted_probs", "probs_shifted", "shifted_probabilities", "shifted_p", "away_probs"),
    "shifted_predictions": ("shifted_predictions", "predictions_shifted", "shifted_outputs"),
    "shifted_y": ("shifted_y", "y_shifted", "shifted_labels", "shifted_targets", "away_y"),
    "shifted_group": ("shifted_group", "group_shifted", "shifted_groups", "shifted_attribute"),
    "features": ("features", "embeddings", "home_features", "representations"),
    "shifted_features": ("shifted_features", "features_shifted", "shifted_embeddings"),
})
SPLIT = ("logits", "probs", "predictions", "y", "group", "features")  # what may come as a part of members and one of others
MEMBERS, OTHERS = ("train", "member", "members", "in"), ("test", "nonmember", "non_member", "nonmembers", "non_members", "out", "holdout")
_WHOLE = MappingProxyType({alias: name for name, aliases in ALIASES.items() for alias in aliases})
_PARTS = MappingProxyType({
    spelling: (name, part is MEMBERS) for name in SPLIT for alias in ALIASES[name] for part in (MEMBERS, OTHERS) for word in part
    for spelling in (f"{word}_{alias}", f"{alias}_{word}") if spelling not in _WHOLE})


@dataclass(frozen=True)
class Names:
    """Which array of a file stands for what.

    Attributes:
        whole: The plain name of each array that stands for itself.
        parts: Plain name and whether it is the members' of each array that is one of two parts.
    """

    whole: dict[str, str]
    parts: dict[str, tuple[str, bool]]

    @property
    def used(self) -> tuple[str, ...]:
        """Return the arrays that are read."""
        return (*self.whole, *self.parts)


def recognise(given: Sequence[str], what: str) -> Names:
    """Return what the named arrays stand for; unknown ones are left out.

    Args:
        given: Names in the file, of any letter case.
        what: What messages call the file.

    Raises:
        InputError: If none is known, one thing is given twice, or only one of two parts is.
    """
    whole = {name: _WHOLE[name.lower()] for name in given if name.lower() in _WHOLE}
    parts = {name: _PARTS[name.lower()] for name in given if name.lower() in _PARTS}
    if not whole and not parts:
        raise InputError(f"{what} must hold logits or probs with y, and as wanted members, group, reference_logits, shifted_logits, "
                         "features; got none of them: rename the arrays.")
    meant = [*whole.values(), *(name if inside else f"{name}, second part" for name, inside in parts.values())]
    for name in meant:
        plain = name.removesuffix(", second part")
        if meant.count(name) > 1 or (plain in whole.values() and any(one == plain for one, _ in parts.values())):
            twice = [alias for alias, one in {**whole, **{alias: part for alias, (part, _) in parts.items()}}.items() if one == plain]
            raise InputError(f"{what} must hold {plain} once, got it as {' and '.join(twice)}: drop one.")
    for name in {plain for plain, _ in parts.values()}:
        if len(found := [alias for alias, (plain, _) in parts.items() if plain == name]) == 1:
            raise InputError(f"{name} of members and of others must come together, got only {found[0]}: add the other part.")
    return Names(whole, parts)
