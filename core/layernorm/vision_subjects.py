"""torchvision's pretrained vision transformers as subjects of the protocol, judged before fine-tuning by a linear probe."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor, nn

from core.lab.seeds import torch_seed
from core.layernorm.config import VISION_PREFIX, LayerNormConfig
from core.layernorm.image_task import ImageTask
from core.layernorm.pretrained import Subject, Task
from core.layernorm.variants import PLACEMENT_TITLES, Placement
from core.measures.linear_probe import probe_accuracy
from core.models.normalisation import find_norms
from core.models.readers import find_readers
from core.models.vision_checkpoints import pretrained_vision_transformer
from core.training.forked import one_thread
from core.training.workbench import state_of

BATCH = 32


@dataclass(frozen=True, eq=False)
class VisionReadout:
    """Test accuracy of a linear probe on the features of some weights, fitted to right labels."""

    network: nn.Module
    task: Task
    device: str

    @torch.no_grad()
    def __call__(self, state: Mapping[str, Tensor]) -> float:
        """Return the accuracy, a fraction in [0, 1]; the network keeps the weights."""
        self.network.load_state_dict(dict(state))
        network = self.network.to(self.device).eval()
        with one_thread():
            parts = [network(self.task.feed.prepare(batch.to(self.device)))[1].cpu() for batch in self.task.feed.inputs.split(BATCH)]
        kept = torch.cat(parts).numpy()
        return probe_accuracy(kept, self.task.y_true, self.task.test.start)


def vision_subject(config: LayerNormConfig, placement: Placement, images: ImageTask, *, seed: int, device: str) -> Subject:
    """Return a pretrained vision transformer with a fresh head.

    Raises:
        InputError: If its weights are not at hand, or it has fewer layers than asked for.
    """
    name = config.model_of(placement)
    title = name.removeprefix(VISION_PREFIX)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch_seed(seed, "head"))
        network = pretrained_vision_transformer(title, n_classes=images.task.feed.n_classes, image_shape=images.image_shape,
                                                n_blocks=config.depth)
    task = images.task
    return Subject(
        placement=placement, name=name, title=f"{title}, {config.depth} layers ({PLACEMENT_TITLES[placement]})", network=network,
        task=task, state=state_of(network), fresh=None, norms=find_norms(network), reads=find_readers(network) or None,
        readout=VisionReadout(copy.deepcopy(network), task, device), readout_kind="probe", pretraining=pd.DataFrame(), is_downloaded=True,
        licence="BSD-3-Clause")
