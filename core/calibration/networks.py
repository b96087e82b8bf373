"""The networks of a seed: trained once, kept, and handed on as what adapts."""

from functools import partial

import numpy as np

from core.calibration.network import Subject
from core.calibration.streams import Scene
from core.calibration.study.config import CalibrationConfig
from core.lab.experiment import Context
from core.models.names import PATCH_TRANSFORMER
from core.models.registry import build
from core.training.config import TrainingConfig
from core.training.kept import Images, Wanted, train_kept
from core.training.precision import resolve_precision

N_CURVE = 256  # images of the live curve
N_ENSEMBLE = 3
ADAM_SHARE = 0.02  # of the SGD rate: 0.05 becomes 0.001, at which small transformers are usually trained


def training_of(config: CalibrationConfig) -> TrainingConfig:
    """Return how the network is trained; a transformer does not learn by SGD at a rate that suits a CNN."""
    if config.model == PATCH_TRANSFORMER:
        return TrainingConfig.of(config).replace(optimizer="adam", learning_rate=ADAM_SHARE * config.learning_rate, weight_decay=0.0)
    return TrainingConfig.of(config)


def subject_of(scene: Scene, config: CalibrationConfig, n_classes: int, seed: int, context: Context) -> Subject:
    """Return the trained network, with two further ones where an ensemble is asked for.

    Raises:
        RunFailed: If a network diverges.
    """
    x, y = scene.train
    images = Images(x, y, n_classes, x_test=scene.home[0][:N_CURVE], y_test=scene.home[1][:N_CURVE])
    wanted = [Wanted(members=np.ones(len(y), dtype=bool), training=training_of(config), stream=stream)
              for stream in range(N_ENSEMBLE if "ensemble" in config.method_names else 1)]
    first, *further = train_kept(images, wanted, seed=seed, context=context)
    shape = (x.shape[3], *x.shape[1:3])
    return Subject(partial(build, config.model, n_classes=n_classes, image_shape=shape, width=config.width), first.state,
                   tuple(one.state for one in further), resolve_precision(config.precision, "cpu"))
