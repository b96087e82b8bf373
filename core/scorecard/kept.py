"""What lenses found, kept beside the trained networks: other limits on the same subject ask nothing anew.

Limits decide no number, so they are no part of what the findings are kept under; everything else of the config is.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from core.lab.config import effective
from core.lab.experiment import Context
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.row import Found, Missing, Slice

VERSION = 2  # of the lenses; raised with the experiment's whenever a number may change
LIMITS = ("limits", "limits_date")


def identity_of(config: ScorecardConfig, seed: int, data: str, device: str) -> dict[str, Any]:
    """Return what findings are kept under."""
    asked = {name: value for name, value in effective(config).items() if name not in LIMITS}
    return {"kind": "scorecard", "version": VERSION, "asked": asked, "seed": seed, "data": data, "device": device}


def keep(context: Context, identity: Mapping[str, Any], findings: dict[str, Any]) -> None:
    """Keep findings, JSON values with ``Found`` and ``Missing`` among them."""
    text = json.dumps(findings, default=_told).encode()
    context.models.put(identity, {"json": np.frombuffer(text, dtype=np.uint8)})


def find(context: Context, identity: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return kept findings, or None."""
    stored = context.models.get(identity)
    return None if stored is None else json.loads(stored["json"].tobytes().decode(), object_hook=_read)


def _told(value: Found | Missing) -> dict[str, Any]:
    return {"is": type(value).__name__, **asdict(value)}


def _read(values: dict[str, Any]) -> Any:
    kind = values.pop("is", "")
    if kind == "Missing":
        return Missing(**values)
    if kind == "Found":
        return Found(**{**values, "slices": tuple(Slice(**one) for one in values["slices"])})
    return values
