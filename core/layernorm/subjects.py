"""The pretrained models that a run starts from, one per placement, wherever they come from."""

from core.data.sources import load
from core.lab.errors import InputError
from core.lab.experiment import Context
from core.layernorm.config import LayerNormConfig, is_text
from core.layernorm.demonstrations import relative_differences
from core.layernorm.image_subjects import image_subjects
from core.layernorm.image_task import image_task
from core.layernorm.pretrained import Subject
from core.layernorm.text_subjects import labelled_texts, text_subject
from core.layernorm.variants import PLACEMENT_TITLES
from core.layernorm.vision_subjects import vision_subject
from core.models.normalisation import fold, placement_of

FOLD_TOLERANCE = 0.01  # of the logits' spread; rounding leaves a ten thousandth


def prepare(config: LayerNormConfig, seed: int, context: Context) -> list[Subject]:
    """Return the pretrained models, one per placement that has one."""
    if is_text(config.data):
        labelled = labelled_texts(config, seed)
        return [text_subject(config, placement, labelled, seed=seed) for placement in config.placements()]
    images = image_task(load(config.data), config, seed)
    ours = tuple(placement for placement in config.placements() if config.model_of(placement) == "patch")
    found = {subject.placement: subject for subject in image_subjects(config, ours, images, seed=seed, context=context)} if ours else {}
    for placement in config.placements():
        if placement not in found:
            found[placement] = vision_subject(config, placement, images, seed=seed, device=context.device)
    return [found[placement] for placement in config.placements()]


def check_placement(subject: Subject) -> None:
    """Refuse a checkpoint that normalises elsewhere than its place in the config says, or whose norms do otherwise than they store.

    Moving scales and biases into the layers that read them changes no output of a Pre-LN model; where it does, norms scale otherwise
    than they say, or something else reads them too, and stripping would mean nothing.

    Raises:
        InputError: If it does.
    """
    feed, told = subject.task.feed, PLACEMENT_TITLES[subject.placement]
    subject.network.load_state_dict(subject.state)
    seen = placement_of(subject.network, feed.prepare(feed.inputs[:1]))
    if seen != subject.placement:
        raise InputError(f"{subject.placement}_model must be a {told} model, got {subject.name}, which is {PLACEMENT_TITLES[seen]}: "
                         f"set {seen}_model={subject.name} and {subject.placement}_model=none.")
    if subject.placement == "pre" and subject.is_downloaded and subject.reads is not None:
        changed = relative_differences(subject, [fold(subject.state, subject.reads)])[0]
        if changed > FOLD_TOLERANCE:
            raise InputError(f"pre_model must answer the same when its norms' values are moved into the layers that read them, got "
                             f"{subject.name}, whose logits change by {changed:.0%} of their spread: choose a model of the GPT or LLaMA "
                             "family.")
