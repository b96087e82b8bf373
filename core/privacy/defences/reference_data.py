"""Images that a defence may use beside its members, as tensors, kept apart by content from whatever the attacks ask about."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.data.arrays import content_hashes
from core.lab.errors import InputError
from core.privacy.audited_models import AuditData
from core.training.images import on_device

FEWEST = 20


@dataclass(frozen=True, eq=False)
class ReferenceData:
    """Images uint8 (R, H, W, C) and classes (R,) on one device; ``rows_of_class`` lists the rows of each class."""

    images: Tensor
    labels: Tensor
    rows_of_class: tuple[Tensor, ...]

    def matched_to(self, labels: Tensor, random: torch.Generator) -> Tensor:
        """Return for each label the row of a random image of that class, (B,); of any class where there is none of it."""
        everything = torch.arange(len(self.labels))
        draws = torch.rand(len(labels), generator=random)
        rows = []
        for label, draw in zip(labels.tolist(), draws.tolist(), strict=True):
            candidates = self.rows_of_class[label] if len(self.rows_of_class[label]) else everything
            rows.append(candidates[int(draw * len(candidates))])
        return torch.stack(rows).to(self.labels.device)

    def batch(self, size: int, random: torch.Generator) -> Tensor:
        """Return ``size`` random rows, (size,)."""
        return torch.randint(0, len(self.labels), (size,), generator=random).to(self.labels.device)


def reference_data(audit: AuditData, *, device: str) -> ReferenceData:
    """Return the reference images of an audit.

    Raises:
        InputError: If there are too few, or if one of them is also in the pool, the test set or the strangers of the attacks.
    """
    x, y = audit.reference
    if len(x) < FEWEST:
        raise InputError(f"this defence needs at least {FEWEST} reference images, got {len(x)}: raise n_population.")
    check_apart(x, audit)
    classes = tuple(torch.from_numpy(np.flatnonzero(y == label)) for label in range(audit.n_classes))
    return ReferenceData(on_device(x, device), torch.from_numpy(y.astype(np.int64)).to(device), classes)


def check_apart(x: np.ndarray, audit: AuditData) -> None:
    """Refuse reference images that an attack asks about too, by content hash.

    Raises:
        InputError: If there is one.
    """
    hashes = content_hashes(x)
    asked = np.concatenate([audit.split.pool_ids, audit.split.test_ids, content_hashes(audit.strangers[0])])
    shared = np.intersect1d(hashes, asked)
    if shared.size:
        raise InputError(f"reference images must be in no set that attacks ask about, but image {shared[0]} is: "
                         "remove duplicates from the data first.")
