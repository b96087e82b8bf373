"""How dear reuse will be: the retraining room's calculator, on the subject."""

import math

from core.retraining.calculator.config import IndexConfig
from core.retraining.calculator.experiment import of_images
from core.retraining.calculator.result import IndexResult
from core.retraining.calculator.tables import result
from core.retraining.data import divide
from core.retraining.forward import network_of
from core.scorecard.material import Material
from core.scorecard.row import Found, Missing, Slice

NEW, LEVEL, MOST_TEST = "blur", 3, 800
GIVEN = "the subject's"  # stands where a file of weights would: stored retrainings of all models are asked


def retraining(material: Material) -> Found | Missing:
    """Return the images that retraining on blurred data will take, by RESQUE."""
    found = index_of(material)
    if math.isnan(found.images):
        return Missing("needs stored retrainings to compare with", "build the gallery of the retraining room")
    worst = found.angles.loc[found.angles["angle"].idxmax()]
    slices = tuple(Slice(str(row["name"]), float(row["angle"]), int(row["n_new"]), kind="angle") for _, row in found.angles.iterrows())
    extra = (Slice("RESQUE", found.resque, 0, kind="index"), Slice("RESQUE, nothing shifted", found.resque_clean, 0, kind="index"),
             Slice("error before retraining", found.raw_error, int(found.angles["n_new"].sum()), kind="share"))
    sentence = (f"On blurred data it is wrong {100 * found.raw_error:.0f} of 100 times; models whose index was nearest needed "
                f"{found.images:,.0f} labelled images to come within 8 points of where they were.")
    note = (f"The band reaches over the nine nearest of {len(found.stored)} stored retrainings; such bands held "
            f"{100 * found.coverage:.0f}% "
            "of cases. Those models saw more images than a subject of the house.")
    n = int(found.angles["n_new"].sum())
    return Found(found.images, found.images_low, found.images_high, n, f"{n:,} blurred images, {len(found.stored)} stored retrainings",
                 sentence, "band of the nearest stored retrainings, 80%", f"{worst['name']}: widest angle", (*extra, *slices), note)


def index_of(material: Material) -> IndexResult:
    """Return the calculator's result for the subject's weights."""
    network, seed = material.network, material.seed
    data, training = network.data, network.training
    config = IndexConfig(dataset=data.source, new=NEW, level=LEVEL, weights=GIVEN, model=training.model, width=training.width)
    parts = divide(data, min(config.n_images, len(data.y_train)), min(MOST_TEST, len(data.y_test)), seed)
    shape = (data.x_train.shape[3], *data.x_train.shape[1:3])
    model = network_of(training.model, training.width, network.state, len(data.class_names), shape)
    return result(config, of_images(config, data, parts, model, seed))
