"""T3A: the head becomes the mean features of the surest images so far, class by class (Iwasawa and Matsuo 2021).

Features come with batch statistics. Each class begins with its row of the head; an image joins the class it is predicted as; of each
class the ``KEPT`` surest are kept, by entropy under the source's head. Features are scaled to length one, as in the released code.
"""

import torch
from torch import Tensor

from core.calibration.methods.gradient import entropies
from core.calibration.network import Subject
from core.calibration.stream import Batch, Settings

KEPT = 100


class T3a:
    """See the module's docstring; no weight moves and no gradient is taken."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Begin with the rows of the head as the only supports."""
        head = subject.state["head.weight"].float()
        bias = subject.state["head.bias"].float()
        self.supports = torch.nn.functional.normalize(head, dim=1)
        self.classes = torch.arange(len(head))
        self.surprise = entropies(head @ head.T + bias)

    def predict(self, batch: Batch) -> Tensor:
        """Return logits: features against the mean support of each class, this batch counted in."""
        logits, features = batch.still
        self.supports = torch.cat([self.supports, torch.nn.functional.normalize(features, dim=1)])
        self.classes = torch.cat([self.classes, logits.argmax(dim=1)])
        self.surprise = torch.cat([self.surprise, entropies(logits)])
        self._forget(logits.shape[1])
        means = torch.stack([self.supports[self.classes == c].sum(dim=0) for c in range(logits.shape[1])])
        return features @ torch.nn.functional.normalize(means, dim=1).T

    def _forget(self, n_classes: int) -> None:
        kept = []
        for c in range(n_classes):
            places = torch.nonzero(self.classes == c).flatten()
            kept.append(places[torch.argsort(self.surprise[places])[:KEPT]])
        rows = torch.cat(kept)
        self.supports, self.classes, self.surprise = self.supports[rows], self.classes[rows], self.surprise[rows]
