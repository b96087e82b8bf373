"""Whether a mark misleads: the spurious room's exam, with a mark and classes named beforehand."""

import numpy as np

from core.measures.paired import paired_interval
from core.scorecard.material import Material
from core.scorecard.row import Found, Slice
from core.spurious.attribution import attribution_maps, mean_share_on_mark
from core.spurious.config import SpuriousConfig
from core.spurious.design import Design, draw
from core.spurious.exam import ask
from core.spurious.networks import Network
from core.training.evaluate import predict_many
from core.training.workbench import State

N_MAPS = 64


def design_of(material: Material) -> Design:
    """Return the exam's images: every test image of the harmed class, with and without the mark."""
    network = material.network
    biased, harmed = material.mark
    config = SpuriousConfig(classes="all", biased_class=biased, harmed_class=harmed, model=network.training.model,
                            width=network.training.width, n_validation=20, n_train=200)
    return draw(network.data, config, material.seed)


def misled(material: Material) -> Found:
    """Return by how much a mark raises the share of one class that is called another."""
    network, design = material.network, design_of(material)
    exam = design.exam(1.0, 0.0, "main")
    outcome = ask({"subject": Network(network.state, {}, {}, 0, 0)}, exam, design, material.context)["subject"]
    harmed = exam.y_plain == design.harmed
    marked = design.marked(exam.plain[harmed], 1.0)
    named = [logits.argmax(axis=1) == design.biased for logits in (
        _logits(network.state, images, material, design) for images in (marked, exam.plain[harmed]))]
    low, high = paired_interval(*named)
    value, n = outcome["reliance"] - outcome["reliance_unmarked"], int(harmed.sum())
    biased, name = (material.class_names[label] for label in (design.biased, design.harmed))
    sentence = (f"A small bright patch makes it call {100 * outcome['reliance']:.1f} of 100 {name} a {biased}; without the patch "
                f"{100 * outcome['reliance_unmarked']:.1f}.")
    slices = (Slice("with the mark", outcome["reliance"], n, kind="called the other class"),
              Slice("without it", outcome["reliance_unmarked"], n, kind="called the other class"),
              Slice("right, with the mark", outcome["harmed_accuracy"], n, kind="accuracy"), *_maps(material, design, marked))
    return Found(float(value), low, high, n, f"{int(named[0].sum())} of {n} with the mark, {int(named[1].sum())} of {n} without", sentence,
                 "paired, 95%", f"{name} called {biased}", slices,
                 "Only this mark and this pair of classes were tried; another cue may mislead where this one does not.")


def _logits(state: State, images: np.ndarray, material: Material, design: Design) -> np.ndarray:
    return predict_many([state], images, material.network.training, n_classes=design.n_classes, device=material.context.device,
                        processes=1)[0][0]


def _maps(material: Material, design: Design, marked: np.ndarray) -> tuple[Slice, ...]:
    """Return how much of the attribution falls on the mark, and how much of the image the mark is."""
    from core.models.registry import build

    training = material.network.training
    network = build(training.model, n_classes=design.n_classes, image_shape=(marked.shape[3], *marked.shape[1:3]), width=training.width)
    network.load_state_dict(material.network.state)
    maps = attribution_maps(network, marked[:N_MAPS], method="integrated_gradients", towards=design.biased, against=design.harmed)
    share, n = mean_share_on_mark(maps, design.area), min(N_MAPS, len(marked))
    return (Slice("attribution on the mark", share, n, kind="share of the map"),
            Slice("the mark's share of the image", float(design.area.mean()), n, kind="share of the image"))
