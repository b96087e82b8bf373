"""What the calculator says beside its figures."""

import math

from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.retraining.calculator.plain import UNTESTED, plain


def answer(run: Run) -> str:
    """Return the predicted cost with its band, and what it rests on."""
    images, seeds = run.estimate("images").value, words.seeds(len(run.request.seeds))
    index = f"RESQUE is {words.number(run.estimate('resque').value)} ({seeds})"
    if math.isnan(images):
        return f"No stored retrainings are here to predict from: {index}."
    low, high = run.estimate("images_low").value, run.estimate("images_high").value
    held = run.estimate("coverage")
    told = "none to" if low < 1 else f"{low:,.0f} to"
    return (f"About {images:,.0f} images of retraining ({told} {high:,.0f}): {index}. Such bands held "
            f"{words.number(held.value, '%')} of stored costs that were left out. {caveat(run)}".rstrip())


def caveat(run: Run) -> str:
    """Return why the prediction is to be taken with care here; empty where nothing speaks against it."""
    config, row = run.request.config, run.results[0].indices.set_index("index").loc["resque"]
    if config.is_features or config.weights != "none" or config.model != "cnn":
        return "The stored curves are another network's: a rough guide at best."
    if row["place"] in (0.0, 1.0):
        return f"No stored shift was {'milder' if row['place'] == 0.0 else 'harsher'}: the band says little out here."
    return "" if config.dataset == "fashion-mnist" else "The stored curves are of Fashion-MNIST: a rough guide elsewhere."


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    opening = surprise(run.estimate("resque").value, guess, within=0.03, more="The classes turned further than you expected.",
                       less="The classes turned less than you expected.")
    return f"{opening} A half would be at right angles. **Look next:** the class that turned furthest, and the index that disagrees."


WORDS = Texts(
    measures="RESQUE",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "nothing turned"),
    span=(0.0, 0.5),
    idea=("Old and new data pass once through the model, and every index and free rival is there at once. Each is looked up among the "
          "retrainings that the room of shifted data has stored: the nine cases whose index was nearest tell what such a shift cost. "
          "Their median is the prediction, their smallest and largest cost its band. Own features as an npz take the place "
          "of data and model; then there is no accuracy, and the stored curves are another network's."),
    formulas=(
        (r"\mathrm{RESQUE} = \frac1C\sum_c \frac1\pi\arccos\frac{v_c\cdot u_c}{\|v_c\|\,\|u_c\|}",
         "v and u: sums of the layer's outputs over the old and the new images of a class."),
        (r"[\,n_{(1)},\ n_{(9)}\,]\ \text{of the 9 nearest}", "A further draw of the same kind lies inside in 8 of 10 cases."),
    ),
    assumptions=(
        "The stored retrainings are small CNNs on Fashion-MNIST under noise and blur, retrained with Adam on all layers.",
        "Own new data have no clean twins: ARM and PreIndex compare them with old images of the same classes.",
        "Costs that were never reached count at the cap of 4,096 images.",
        "Seconds are those of the machine that made the stored curves.",
    ),
    sources=("RESQUE, arXiv 2412.15511; ARM, arXiv 2405.09600; PreIndex, arXiv 2408.01446: see the room of shifted data.",),
)

PREDICTION = Prediction(
    metric="resque", question="How far will the classes turn?", label="Your guess (0 not at all, 0.5 right angles)", low=0.0, high=0.5,
    step=0.01, start=0.1, why=why)
