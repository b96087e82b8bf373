"""The words of soft labels: answer, method, prediction."""

from core.distillation.soft_labels.plain import UNTESTED, plain
from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts


def answer(run: Run) -> str:
    """Return whether soft labels add anything to their strength, beside distillation; and whether the teacher was a small one."""
    found = run.estimate("beyond_smoothing")
    ours, kd = run.estimate("accuracy_encoder"), run.estimate("accuracy_kd")
    beside = (f"they reach {words.number(ours.value, '%')}, distillation {words.number(kd.value, '%')}")
    change = words.number(found.value, "pt", signed=True)
    if found.low is None:
        return words.undecided(f"{beside}; label smoothing of equal strength differs by {change}", found.n)
    interval = words.interval(found, "pt", signed=True)
    if found.low > 0:
        return f"Yes: {beside}, and beyond label smoothing of equal strength they add {change} ({interval})."
    if found.high < 0:
        return f"No: {beside}, and label smoothing of equal strength does better by {words.number(-found.value, 'pt')} ({interval})."
    return f"Not for what they know: {beside}, but label smoothing of equal strength does as well ({change}, {interval})."


def teacher_note(run: Run) -> str:
    """Return a sentence where the teacher is no larger than its student, or nothing."""
    costs = run.results[0].costs.set_index("part")["parameters"]
    if costs["teacher"] > costs["student"]:
        return ""
    return (f"The teacher is no larger than its student here: {int(costs['teacher']):,} weights against {int(costs['student']):,}. That is "
            "allowed, and no test of a large teacher.")


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    own = run.estimate("own_class").value
    told = surprise(run.estimate("own_class").value, guess, within=0.05, more="They are sharper than you expected.",
                    less="They are flatter than you expected.")
    return (f"{told} A soft label gives its own class {words.number(own, '%')}: cosines between ReLU codes are all alike, and a softmax at "
            "temperature 1 keeps them so. **Look next:** the labels with their mean removed.")


TEXTS = Texts(
    measures="Accuracy beyond label smoothing",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "label smoothing"),
    span=(-0.03, 0.03),
    idea=("A small autoencoder learns to redraw the training images. How alike the codes of two classes are becomes a soft label for each "
          "class, and the student learns from it beside the hard label: no teacher. Every arm here begins with the same network and sees "
          "the same images in the same order. The controls keep the strength of the soft labels and take away what they know: the same "
          "own-class probability with the rest spread evenly, or the same numbers on the wrong classes. Weights and temperatures are "
          "chosen on validation images, among equally many for every method."),
    formulas=(
        (r"S_{ab} = \frac{1}{|P_{ab}|} \sum_{(i,j) \in P_{ab}} \frac{c_i \cdot c_j}{\lVert c_i \rVert \lVert c_j \rVert}, \qquad "
         r"q_y = \mathrm{softmax}(S_{y\cdot} + \beta e_y)",
         "Similarity of two classes from codes of 40 images each, and the soft label with its bonus on the own class."),
        (r"(1-a)\,\mathrm{CE}(z, y) + a\,T^2\,\mathrm{KL}\!\left(q_y \,\|\, \mathrm{softmax}(z/T)\right)",
         "The released loss for Fashion-MNIST and Tiny-ImageNet averages the second part over images and classes: a tenth of the usual "
         "one at ten classes."),
        (r"(1-a)\,\mathrm{CE}(z, y) + a\,T^2\,\mathrm{CE}\!\left(z/T,\ q_y\right)", "The released loss for CIFAR-100."),
    ),
    assumptions=(
        "Small students, few images, short training: that a claim fails here is no proof against the paper, which trains 200 epochs.",
        "The paper chooses the best epoch on test images; here nothing is chosen on test images.",
        "All arms share one learning rate. A loss with T squared takes larger steps, and at T 4 or more that alone can cost accuracy.",
        "The teacher sees the same few images as its student. That is no evidence against distillation from a teacher that saw more.",
        "CPU time is that of the training process and was measured on a machine that other work may share; multiply-adds are exact.",
        "Energy is that of the whole run, shared out by CPU time.",
        "Making labels is counted as if for one student; choosing weight and temperature is not counted: it takes every method as much.",
    ),
    sources=(
        "Gyawali et al. 2024, ReffAKD: Resource-efficient Autoencoder-based Knowledge Distillation; abstract and released code.",
        "Hinton et al. 2015, Distilling the Knowledge in a Neural Network: temperature and T squared.",
        "Szegedy et al. 2016, Rethinking the Inception Architecture: label smoothing.",
        "Furlanello et al. 2018, Born Again Neural Networks: self-distillation.",
        "Guo et al. 2017, On Calibration of Modern Neural Networks: expected calibration error.",
    ),
)

PREDICTION = Prediction(
    metric="own_class",
    question="How sure are the autoencoder's soft labels of their own class?",
    label="Your guess (0.10 is chance among ten classes, 1.00 a hard label)",
    low=0.0, high=1.0, step=0.01, start=0.5,
    why=why,
)
