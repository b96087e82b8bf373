"""A trained model that somebody brings, ONNX or weights, asked about its own data; weights open the lenses that need a network."""

from dataclasses import replace

import numpy as np

from core.data.corruptions import CORRUPTIONS
from core.data.dataset import ImageDataset
from core.data.sources import load
from core.lab.experiment import Context
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.drift import KINDS, drifted
from core.scorecard.given import of_outputs
from core.scorecard.material import Labelled, Material, Network
from core.scorecard.subjects import title_of
from core.subjects.asked import image_shape
from core.subjects.models import Opened, open_model
from core.subjects.outputs import GivenOutputs
from core.subjects.told import chosen_scale, outputs_of
from core.training.config import TrainingConfig

ASSUMED = "That it was trained on all of the data's training part is taken for granted; of images it never saw nothing can be found."


def of_model(subject: str, config: ScorecardConfig, seed: int, context: Context) -> Material:
    """Return what a model brings: half of its test images as they are, the other half under corruptions, and its training images.

    Raises:
        InputError: If model or data are missing or do not fit.
    """
    data = load(config.dataset)
    opened = open_model(subject, image_shape(data), device=context.device, threads=context.threads)
    scale, _ = chosen_scale(opened, data, config.scale)
    plain = outputs_of(opened, data, scale=scale, n_rows=config.n_rows)
    worse, which = drifted(data.x_test, config.level, seed)
    moved = outputs_of(opened, replace(data, x_test=worse, attribute_test=which, attribute_train=np.zeros_like(data.y_train),
                                       attribute_names=tuple(CORRUPTIONS[name].title for name in KINDS)), scale=scale, n_rows=config.n_rows)
    material = of_outputs(plain, title_of(subject), seed, context, names=data.class_names)
    return replace(material, home=_half(material.home, 0), shifted=_half(_moved(moved), 1), level=config.level,
                   mark=(config.mark_class, config.harmed_class), assumption=ASSUMED, network=_network(opened, data))


def _moved(given: GivenOutputs) -> Labelled:
    tested = ~given.members
    return Labelled(given.logits[tested], given.y[tested], given.group[tested], given.group_names, "corruption")


def _half(labelled: Labelled, first: int) -> Labelled:
    """Return every other row: what is judged at home is not judged again under drift."""
    return replace(labelled, answers=labelled.logits[first::2], y=labelled.y[first::2], group=labelled.group[first::2])


def _network(opened: Opened, data: ImageDataset) -> Network | None:
    """Return the network behind weights of a family of the house; the training part counts as what it was trained on."""
    if opened.network is None or opened.architecture.startswith("torchvision:"):
        return None
    state = {name: value.detach().cpu() for name, value in opened.network.state_dict().items()}
    return Network(state, TrainingConfig(model=opened.architecture, width=opened.width), data, np.arange(len(data.y_train)))
