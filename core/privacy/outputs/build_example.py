"""Build the bundled outputs: one small CNN on Fashion-MNIST and twelve references, each trained on its own random half of a pool.

    python -m core.privacy.outputs.build_example

Recipe and pool are those of the lite preset of the room, seed 0; the halves are drawn independently of each other, as an attacker would.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.data.sources import load
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.lab.store import ModelStore
from core.privacy.audited_models import draw, train
from core.privacy.config import LITE
from core.privacy.outputs.files import EXAMPLE_FILE
from core.privacy.queries import collect

SEED, REFERENCES = 0, 12
GROUPS = {"clothes": (0, 2, 3, 4, 6), "trousers and bags": (1, 8), "shoes": (5, 7, 9)}


def build() -> None:
    """Write the file."""
    config = replace(LITE, n_reference_models=REFERENCES)
    audit = draw(load(config.dataset), config, SEED)
    ranks = generator(SEED, "outputs", "example").random(audit.members.shape).argsort(axis=1).argsort(axis=1)
    audit = replace(audit, members=ranks < config.n_pool // 2)
    with tempfile.TemporaryDirectory() as folder:
        context = Context(device="cpu", threads=2, models=ModelStore(Path(folder)), begin=lambda step: None, report=lambda *told: None)
        logits = collect(audit, train(audit, config, SEED, context), config, context).logits[:, :, 0].astype(np.float16)
    y = audit.pool[1]
    names = np.array([next(name for name, classes in GROUPS.items() if label in classes) for label in y])
    EXAMPLE_FILE.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(EXAMPLE_FILE, logits=logits[0], y=y.astype(np.uint8), members=audit.members[0], group=names,
                        reference_logits=logits[1:], reference_members=audit.members[1:])


if __name__ == "__main__":
    build()
    sys.exit(0)
