"""Build the bundled outputs: what TENT says to six corruptions at the worst level, group by group, and the source network at home.

    python -m core.calibration.outputs.build_example

The network is the one that the lite preset of the room trains on Fashion-MNIST with seed 0.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from core.calibration.catalogue import METHODS
from core.calibration.judge import at_home
from core.calibration.networks import subject_of
from core.calibration.outputs_files import EXAMPLE_FILE
from core.calibration.stream import Settings, follow, share
from core.calibration.streams import draw
from core.calibration.study.config import CalibrationConfig
from core.data.corruptions import CORRUPTION_TITLES
from core.data.sources import load
from core.lab.experiment import Context, load_object
from core.lab.store import ModelStore

SEED, BATCH = 0, 64
CONFIG = CalibrationConfig(levels="5", precision="float32")


def build() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        context = Context(device="cpu", threads=1, models=ModelStore(Path(folder)), begin=lambda step: None, report=lambda *told: None)
        data = load(CONFIG.dataset)
        scene = draw(data, CONFIG, SEED)
        subject = subject_of(scene, CONFIG, len(data.class_names), SEED, context)
    home = share(subject, scene.home[0], 200)
    logits = torch.cat([batch.source[0] for batch in home.batches]).numpy()
    rule = at_home(logits, scene.home[1][:len(logits)]).rule
    said, truth, group = [], [], []
    for name, level in CONFIG.conditions[1:]:
        images, y = scene.streams[name, level]
        settings = Settings(CONFIG.adapt_rate, CONFIG.coldest, CONFIG.hottest, 0.0, rule, 1.0, SEED, torch.from_numpy(images[:BATCH]))
        said.append(follow(load_object(METHODS["tent"].place)(subject, settings), share(subject, images, BATCH).over(1)).logits)
        truth.append(y[:len(said[-1])])
        group += [CORRUPTION_TITLES[name]] * len(said[-1])
    EXAMPLE_FILE.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        EXAMPLE_FILE, logits=logits.astype(np.float16), y=scene.home[1][:len(logits)].astype(np.uint8),
        shifted_logits=np.concatenate(said).astype(np.float16), shifted_y=np.concatenate(truth).astype(np.uint8), group=np.array(group))


if __name__ == "__main__":
    build()
    sys.exit(0)
