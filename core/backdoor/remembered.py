"""What was measured is kept beside the models: a run that was cut short goes on where it was, and another share asks no arm twice."""

import hashlib
import json
from collections.abc import Callable, Mapping

import numpy as np

from core.lab.experiment import Context

NAME = "json"


def remembered(context: Context, identity: Mapping[str, object], compute: Callable[[], object]) -> object:
    """Return what ``compute`` gives after a round trip through JSON; from the store where it is there, else computed and kept.

    Args:
        context: Where it is kept.
        identity: Everything that determines the value, as JSON.
        compute: Returns a JSON value; numbers that are not finite are allowed.
    """
    found = context.models.get(identity)
    if found is not None:
        return json.loads(found[NAME].tobytes())
    text = json.dumps(compute()).encode()
    context.models.put(identity, {NAME: np.frombuffer(text, np.uint8)})
    return json.loads(text)


def digest_of(channels: np.ndarray) -> str:
    """Return the hash of a set of channels, bool (blocks, channels)."""
    return hashlib.blake2b(np.packbits(channels).tobytes(), digest_size=16).hexdigest()
