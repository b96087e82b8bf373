"""Tables in which a defence shows how it works: one fixed schema each, empty where a method has nothing to show."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

SCHEMAS: Mapping[str, Mapping[str, str]] = {
    # distribution of feature magnitude per class: which ("plain", "defended"), class, bin, shares of members and non-members
    "feature_norms": {"which": "str", "y": "int64", "left": "float64", "right": "float64", "members": "float64",
                      "non_members": "float64"},
    # where features lie on the ring: place ("inner face", "between", "outer face"), shares of members and non-members
    "ring_occupancy": {"place": "str", "members": "float64", "non_members": "float64"},
    # cross-entropy after each epoch, mean over models, and the level that training holds to
    "loss_levels": {"epoch": "int64", "member_loss": "float64", "non_member_loss": "float64", "member_accuracy": "float64",
                    "auc": "float64", "level": "float64"},
    # how concentrated vulnerability is: share of all scores held by the largest share of weights; the Gini coefficient repeated
    "score_mass": {"layer_type": "str", "share_of_weights": "float64", "share_of_score": "float64", "gini": "float64"},
    # Pearson correlation of vulnerability with learnability, and with the weight's magnitude alone, per layer type and model
    "entanglement": {"model": "int64", "layer_type": "str", "correlation": "float64", "magnitude_correlation": "float64",
                     "share_of_weights": "float64"},
    # a sample of weights with both scores, each divided by its mean
    "score_sample": {"layer_type": "str", "vulnerability": "float64", "learnability": "float64"},
    # rewinding at several rates: arm, rate in per cent, figures as means over a few targets
    "rewind_sweep": {"arm": "str", "rate": "float64", "train_accuracy": "float64", "test_accuracy": "float64",
                     "train_loss": "float64", "test_loss": "float64", "auc_loss": "float64"},
    # training one region with the private loss: what it costs and removes on reference images, per target
    "region_scan": {"target": "int64", "kind": "str", "region": "str", "n_weights": "int64", "accuracy": "float64",
                    "auc_loss": "float64", "utility_cost": "float64", "privacy_gain": "float64", "risk_share": "float64",
                    "utility_share": "float64", "decoupling": "float64"},
    # how well the gradient norm of one region tells members from others, per target
    "region_gradient": {"target": "int64", "region": "str", "auc": "float64"},
    # formal guarantee: epsilon at delta, and the measured lower bound
    "epsilon": {"epsilon": "float64", "delta": "float64", "noise_multiplier": "float64", "max_grad_norm": "float64",
                "steps": "int64", "epsilon_lower_bound": "float64", "words": "str"},
}


def evidence_table(name: str, columns: Mapping[str, object]) -> pd.DataFrame:
    """Return a table of ``SCHEMAS[name]`` from columns of that schema, all of them; scalars are repeated."""
    schema = SCHEMAS[name]
    if set(columns) != set(schema):
        raise ValueError(f"{name} must have the columns {', '.join(schema)}, got {', '.join(columns)}")
    length = max((np.size(values) for values in columns.values()), default=0)
    whole = {column: np.broadcast_to(np.asarray(columns[column]), (length,)) for column in schema}
    return pd.DataFrame(whole).astype(dict(schema))


def complete(evidence: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return every table of ``SCHEMAS``: those given, checked, and empty ones for the rest."""
    unknown = set(evidence) - set(SCHEMAS)
    if unknown:
        raise ValueError(f"evidence must be one of {', '.join(SCHEMAS)}, got {', '.join(sorted(unknown))}")
    empty = {name: evidence_table(name, {column: [] for column in schema}) for name, schema in SCHEMAS.items()}
    return empty | {name: evidence_table(name, dict(table.items())) for name, table in evidence.items()}
