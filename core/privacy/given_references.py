"""Reference networks for a model that somebody brings: of its architecture, each trained on its own random half of the images asked about.

The halves are drawn without regard to what the model was trained on, so that how many references hold an image tells nothing. The recipe
is the house's: where the model was trained otherwise, LiRA finds less than it could.
"""

from dataclasses import replace

import numpy as np

from core.lab.experiment import Context
from core.lab.seeds import generator
from core.privacy.outputs.config import PrivacyOutputsConfig
from core.subjects.models import open_model
from core.subjects.outputs import GivenOutputs
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many
from core.training.kept import Images, Wanted, train_kept


def with_references(given: GivenOutputs, images: np.ndarray, config: PrivacyOutputsConfig, context: Context) -> GivenOutputs:
    """Return the outputs with those of references, trained now unless they are kept.

    Args:
        given: What the model says of ``images``.
        images: uint8 (N, H, W, C).
        config: How many references, and for how many epochs.
        context: Device, store, progress.

    Raises:
        RunFailed: If a reference diverges.
    """
    n, n_classes = len(images), given.logits.shape[1]
    model = open_model(config.model, (images.shape[3], *images.shape[1:3]))
    training = TrainingConfig(model=model.architecture, width=model.width, epochs=config.epochs, learning_rate=0.02)
    ranks = generator(0, "outputs", "references").random((config.n_references, n)).argsort(axis=1).argsort(axis=1)
    members = ranks < n // 2
    wanted = [Wanted(row, training, index) for index, row in enumerate(members)]
    kept = train_kept(Images(images, given.y, n_classes), wanted, seed=0, context=context)
    logits, _ = predict_many([one.state for one in kept], images, training, n_classes=n_classes, device=context.device,
                             processes=context.threads)
    note = f"{config.n_references} references of its kind were trained for {config.epochs} epochs, each on its own half of the images"
    return replace(given, reference_logits=logits, reference_members=members, notes=(*given.notes, note))
