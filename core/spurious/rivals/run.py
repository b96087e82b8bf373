"""The rivals on the same biased training set, each given the labels that it needs."""

import numpy as np

from core.lab.experiment import Context
from core.lab.seeds import generator
from core.spurious.design import Design, Exam
from core.spurious.difficulty import Learned
from core.spurious.exam import outcomes_of
from core.spurious.networks import Network, Versions, training_config
from core.spurious.rivals.dfr import LastLayer, refit_last_layer
from core.spurious.rivals.group_dro import group_dro_routine
from core.spurious.rivals.jtt import error_set, jtt_routine
from core.spurious.scenarios import Scenario
from core.training.evaluate import predict_many
from core.training.many import Machine, train_wanted
from core.training.wanted import Images, Wanted

JTT_WEIGHT, DRO_STEP, DFR_PENALTY, DFR_DRAWS = 5.0, 0.05, 1.0, 5


def contest(design: Design, scenario: Scenario, learned: Learned, versions: Versions, context: Context) -> dict[str, dict[str, float]]:
    """Return the outcomes of JTT, GroupDRO and (for two classes) DFR on one scenario; their settings are fixed and untuned."""
    training, rows = training_config(design.config), versions.rows[scenario.name]
    images = np.concatenate([scenario.exam.plain, scenario.exam.cued, scenario.exam.validation])
    errors, groups = np.zeros(len(versions.y), dtype=bool), np.zeros(len(versions.y), dtype=int)
    errors[rows] = error_set(learned.whole.logits[1], scenario.y)
    groups[rows] = scenario.groups
    members = np.isin(np.arange(len(versions.y)), rows)
    routines = (jtt_routine(errors, JTT_WEIGHT), group_dro_routine(groups, DRO_STEP))
    wanted = [Wanted(members, training, routine=routine) for routine in routines]
    models = train_wanted(Images(versions.x, versions.y, design.n_classes), wanted, seed=design.seed,
                        machine=Machine(context.device, context.threads, context.report))
    logits, _ = predict_many([model.state for model in models], images, training, n_classes=design.n_classes, device=context.device,
                             processes=context.threads)
    found = {name: outcomes_of(answers, scenario.exam, design) for name, answers in zip(("jtt", "group_dro"), logits, strict=True)}
    layer = last_layer(design, scenario.exam, learned.whole, context)
    if layer is not None:
        features = _features(learned.whole, images, design, context)
        margins = layer.margin(features)
        found["dfr"] = outcomes_of(np.stack([-margins, margins], axis=1), scenario.exam, design)
    return found


def last_layer(design: Design, exam: Exam, network: Network, context: Context) -> LastLayer | None:
    """Return DFR's last layer, fitted on validation images in four groups; None for more than two classes or where a group is missing.

    Half of each class carries the cue: written on a random half, or as known. The strength is that of the exam.
    """
    if design.n_classes != 2:
        return None
    y, has_cue = design.y_validation, design.has_cue_validation
    images = design.x_validation
    if design.config.cue == "mark":
        has_cue = halves(y, generator(design.seed, "dfr groups"))
        images = np.where(has_cue[:, None, None, None], design.marked(images, exam.strength), images)
    groups = 2 * y + has_cue
    if len(np.unique(groups)) < 4:
        return None
    return refit_last_layer(_features(network, images, design, context), y, groups, penalty=DFR_PENALTY, n_draws=DFR_DRAWS,
                            rng=generator(design.seed, "dfr draws"))


def halves(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a random half of every class, boolean (N,)."""
    chosen = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        members = np.flatnonzero(y == label)
        chosen[rng.permutation(members)[:len(members) // 2]] = True
    return chosen


def _features(network: Network, images: np.ndarray, design: Design, context: Context) -> np.ndarray:
    _, features = predict_many([network.state], images, training_config(design.config), n_classes=design.n_classes, device=context.device,
                               processes=1)
    return features[0]
