"""Subjects of the house: the privacy room's networks, the first of them under the lenses, with a fault where one is planted.

The subject is trained before its references, so that rows that need it alone come first. What is not planted is the privacy room's to
the bit, and kept under the same identity: either room finds the other's networks.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.data.arrays import content_hashes
from core.data.corruptions import CORRUPTIONS
from core.data.dataset import ImageDataset
from core.data.label_noise import flip_labels
from core.data.marks import write_mark
from core.data.sources import load
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.privacy.audited_models import AuditData, AuditedModel, checkpoint_epochs, draw, train_stored, training_config
from core.privacy.config import PrivacyConfig
from core.privacy.queries import collect
from core.privacy.signals import Signals
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.drift import KINDS, drifted, kinds_of
from core.scorecard.material import Labelled, Material, Network, WrongLabels
from core.scorecard.subjects import HouseKind
from core.training.evaluate import predict_many

DATASET = "fashion-mnist"
MARK, MARK_SIZE = "patch", 3
HEAD = ("head.weight", "head.bias")


class HouseSubject:
    """One recipe at one seed: its data, its network, and when they are asked for its references."""

    def __init__(self, kind: HouseKind, config: ScorecardConfig, seed: int, context: Context) -> None:
        self.kind, self.config, self.seed, self.context = kind, config, seed, context
        self.privacy = PrivacyConfig(dataset=DATASET, n_reference_models=config.n_references, **kind.changes)
        clean = draw(load(DATASET), self.privacy, seed)
        self.y_true = clean.pool[1]
        self.audit = replace(clean, data=self._planted(clean))
        self.network = self._train(replace(self.audit, members=self.audit.members[:1]))[0]

    def _planted(self, audit: AuditData) -> ImageDataset:
        """Return the data with what is planted in its pool."""
        data, pool, kind = audit.data, audit.split.pool, self.kind
        if not kind.wrong_share and not kind.mark_share:
            return data
        x, y = data.x_train.copy(), data.y_train.copy()
        if kind.wrong_share:
            y[pool] = flip_labels(y[pool], kind.wrong_share, len(data.class_names), generator(self.seed, "scorecard", "wrong labels"))[0]
        if kind.mark_share:
            mine = pool[y[pool] == self.config.mark_class]
            chosen = generator(self.seed, "scorecard", "carriers").choice(mine, round(kind.mark_share * len(mine)), replace=False)
            x[chosen] = write_mark(x[chosen], MARK, strength=1.0, size=MARK_SIZE)
        return replace(data, x_train=x, y_train=y, fingerprint=f"{data.fingerprint}-{kind.id}-{self.seed}")

    def _train(self, audit: AuditData) -> list[AuditedModel]:
        training = training_config(self.privacy)
        models = train_stored(audit, training, seed=self.seed, context=self.context, checkpoints=checkpoint_epochs(training.last_epoch))
        return [replace(model, state=self._sharpened(model.state)) for model in models]

    def _sharpened(self, state: dict) -> dict:
        factor = self.kind.sharpening
        return state if factor == 1.0 else {name: value * factor if name in HEAD else value for name, value in state.items()}

    def signals(self, *, with_references: bool) -> Signals:
        """Return what the subject, and its references if they are wanted, say of pool and population."""
        audit = self.audit if with_references else replace(self.audit, members=self.audit.members[:1])
        models = self._train(audit) if with_references else [self.network]
        return collect(audit, models, self.privacy, self.context)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Return the subject's logits, float64 (N, C)."""
        return predict_many([self.network.state], images, training_config(self.privacy), n_classes=self.audit.n_classes,
                            device=self.context.device, processes=1)[0][0].astype(np.float64)

    def material(self) -> Material:
        """Return everything that the lenses may ask of it."""
        data = self.audit.data
        fresh = np.flatnonzero(~np.isin(content_hashes(data.x_test), self.audit.split.pool_ids))  # a test image that was learnt is no test
        rows = generator(self.seed, "scorecard", "test images").permutation(fresh)
        at_home, away = np.sort(rows[:len(rows) // 2]), np.sort(rows[len(rows) // 2:])
        everything = self._labelled(lambda: data.x_test[fresh], data.y_test[fresh], data.y_test[fresh], data.class_names, "class")
        titles = tuple(CORRUPTIONS[name].title for name in KINDS)
        return Material(
            title=self.kind.title, seed=self.seed, context=self.context, class_names=data.class_names, level=self.config.level,
            mark=(self.config.mark_class, self.config.harmed_class),
            home=self._labelled(lambda: data.x_test[at_home], data.y_test[at_home], data.y_test[at_home], data.class_names, "class"),
            shifted=self._labelled(lambda: drifted(data.x_test[away], self.config.level, self.seed)[0], data.y_test[away],
                                   kinds_of(len(away)), titles, "corruption"), everything=everything,
            network=Network(self.network.state, training_config(self.privacy), data, self.audit.split.pool[self.audit.members[0]]),
            alone=lambda: self.signals(with_references=False), among=lambda: self.signals(with_references=True),
            wrong=self._wrong() if self.kind.wrong_share else None)

    def _labelled(self, images: Callable[[], np.ndarray], y: np.ndarray, group: np.ndarray, names: tuple[str, ...],
                  grouping: str) -> Labelled:
        return Labelled(lambda: self.predict(images()), y, group, names, grouping)

    def _wrong(self) -> WrongLabels:
        mine = self.audit.members[0]
        images, given = (part[mine] for part in self.audit.pool)
        return WrongLabels(self.predict(images).argmax(axis=1), self.y_true[mine], given)
