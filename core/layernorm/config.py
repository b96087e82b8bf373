"""Everything that may change the numbers of the LayerNorm room. Imports no torch."""

import hashlib
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import takes
from core.data.sources import BUNDLED, CENSUS, check_source, fingerprint, load
from core.data.texts import check_split, load_texts, text_fingerprint
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.lab.work import Work
from core.layernorm.variants import PLACEMENTS, VARIANTS, Placement, Variant
from core.models.checkpoints import check_norms, checkpoint_fingerprint
from core.models.vision_weights import vision_fingerprint
from core.training.cost import training_seconds

TEXT_SOURCES = ("fortunes",)
IMAGES = MappingProxyType({"fashion-mnist": "Fashion-MNIST", "mnist": "MNIST", "cifar10": "CIFAR-10"})
DATA = MappingProxyType(IMAGES | {"fortunes": "Debian fortunes"})
POST_MODELS = MappingProxyType({"patch": "Patch transformer", "minilm": "MiniLM, 6 layers", "none": "None"})
PRE_MODELS = MappingProxyType({"patch": "Patch transformer", "smollm2": "SmolLM2, first layers", "none": "None"})
TEXT_MODELS = ("minilm", "smollm2")
TEXT_PREFIX, VISION_PREFIX = "transformers:", "torchvision:"
FEWEST_NOISY, MOST_VALID = 1, 200


def is_text(data: str) -> bool:
    """Return whether a data source holds texts rather than images."""
    return data in TEXT_SOURCES or data.startswith("csv:")


def is_text_model(name: str) -> bool:
    """Return whether a model reads texts rather than images."""
    return name in TEXT_MODELS or name.startswith(TEXT_PREFIX)


def check_data(text: str) -> None:
    """Refuse a text that names no data; whether the files exist is not looked at.

    Raises:
        InputError: If ``text`` names neither texts nor images.
    """
    if text in TEXT_SOURCES or (text.startswith("csv:") and text.partition(":")[2].strip() and "\0" not in text):
        return
    try:
        check_images(text)
    except InputError:
        raise InputError(f"data must be an image set such as fashion-mnist, npz:PATH, folder:PATH, fortunes or csv:PATH, "
                         f"got {text!r}.") from None


def check_images(text: str) -> None:
    """Refuse a text that names no set of images; whether the files exist is not looked at.

    Raises:
        InputError: If ``text`` names texts, a table, or nothing.
    """
    try:
        check_source(text)
        is_images = text != CENSUS and not is_text(text)
    except InputError:
        is_images = False
    if not is_images:
        raise InputError(f"data must be images such as fashion-mnist, npz:PATH or folder:PATH, got {text!r}.")


def check_model(name: str) -> None:
    """Refuse a model name that cannot exist.

    Raises:
        InputError: If ``name`` is no known name, ``transformers:FOLDER_OR_ID`` or a ViT of torchvision.
    """
    if name in ("patch", "none", *TEXT_MODELS) or re.fullmatch(rf"{VISION_PREFIX}vit_[a-z0-9_]+", name):
        return
    if name.startswith(TEXT_PREFIX) and name.removeprefix(TEXT_PREFIX).strip() and "\0" not in name:
        return
    raise InputError(f"a model must be patch, {', '.join(TEXT_MODELS)}, none, transformers:FOLDER_OR_ID or torchvision:vit_NAME, "
                     f"got {name!r}.")


@dataclass(frozen=True, kw_only=True)
class LayerNormConfig(Config):
    """Everything that may change the numbers of the LayerNorm room."""

    data: Annotated[str, Knob(
        "Data", "Images or texts to classify: a known set, npz:PATH, folder:PATH or csv:PATH.", main=True, labels=DATA,
        suggestions=tuple(DATA), check=check_data, takes=takes("images", "texts"))] = "fashion-mnist"
    post_model: Annotated[str, Knob(
        "Post-LN model", "Normalises after each sub-layer; transformers:ID takes a checkpoint.", main=True, labels=POST_MODELS,
        suggestions=tuple(POST_MODELS), check=check_model)] = "patch"
    pre_model: Annotated[str, Knob(
        "Pre-LN model", "Normalises before each sub-layer; transformers:ID or torchvision:vit_b_16 takes a checkpoint.", main=True,
        labels=PRE_MODELS, suggestions=tuple(PRE_MODELS), check=check_model)] = "patch"
    noise_share: Annotated[float, Knob(
        "Wrong labels", "Share of the training labels that are replaced by a random other class.", low=0.0, high=1.0,
        below_high=True, main=True)] = 0.05
    noise_class: Annotated[int, Knob(
        "Only in class", "Replaces labels of this class alone, as a share of it; -1 takes the whole training set.", low=-1,
        high=999)] = -1
    n_train: Annotated[int, Knob("Training samples", "Samples that the model is fine-tuned on.", low=20, high=100_000,
                                 unit="samples")] = 600
    n_test: Annotated[int, Knob("Test samples", "Samples that no training sees.", low=20, high=20_000, unit="samples")] = 1000
    depth: Annotated[int, Knob("Layers", "Transformer layers, a multiple of three; of a checkpoint the first so many are kept.", low=3,
                               high=48)] = 3
    width: Annotated[int, Knob("Width", "Features of a token; a multiple of the heads.", low=8, high=1024)] = 48
    heads: Annotated[int, Knob("Heads", "Attention heads of a layer.", low=1, high=16)] = 3
    patch: Annotated[int, Knob("Patch size", "Side of the square of pixels that becomes one token.", low=1, high=32,
                               unit="pixels")] = 7
    most_tokens: Annotated[int, Knob("Tokens", "Texts are cut after so many tokens.", low=4, high=512, unit="tokens")] = 64
    pretraining_samples: Annotated[int, Knob(
        "Pretraining", "Training images seen before fine-tuning, repeats counted.", low=1000, high=100_000_000,
        unit="images")] = 60_000
    pretraining_rate: Annotated[float, Knob("Pretraining rate", "Adam's learning rate in pretraining.", low=1e-5, high=0.1)] = 1e-3
    norm_rate: Annotated[float, Knob(
        "Norms learn faster by", "Multiple of the learning rate for the norms in pretraining: brief pretraining hardly moves them.",
        low=1.0, high=200.0)] = 50.0
    epochs: Annotated[int, Knob("Epochs", "Passes over the training samples in fine-tuning.", low=1, high=400)] = 40
    batch_size: Annotated[int, Knob("Batch size", "Samples per step of fine-tuning.", low=2, high=1024, unit="samples")] = 32
    learning_rate: Annotated[float, Knob("Learning rate", "Adam's learning rate in fine-tuning.", low=1e-6, high=0.1)] = 1e-3
    schedule: Annotated[Literal["cosine", "constant"], Knob(
        "Schedule", "How the learning rate falls in fine-tuning.",
        labels=MappingProxyType({"cosine": "Cosine", "constant": "Constant"}))] = "cosine"
    warmup: Annotated[float, Knob(
        "Warm-up", "Share of all steps over which the learning rate rises from zero, for both placements.", low=0.0,
        high=0.5)] = 0.05
    evaluations: Annotated[int, Knob("Evaluations", "Epochs of fine-tuning after which every model is measured.", low=2,
                                     high=100)] = 10
    precision: Annotated[Literal["auto", "float32", "bfloat16"], Knob(
        "Precision", "Automatic takes bfloat16 where the processor computes it natively.",
        labels=MappingProxyType({"auto": "Automatic", "float32": "float32", "bfloat16": "bfloat16"}))] = "float32"
    embedding_norm: Annotated[bool, Knob(
        "Strip embedding norm", "Also strips the norm right after the embedding, where there is one.")] = False
    final_norm: Annotated[bool, Knob("Strip final norm", "Also strips the norm in front of the classifier.")] = False
    groups: Annotated[bool, Knob("Thirds of the depth", "Also strips early, middle and later layers alone.")] = True
    controls: Annotated[bool, Knob(
        "Controls", "Also displaces equally many biases elsewhere, and folds before it strips.")] = True
    frozen: Annotated[bool, Knob("Frozen norms", "Also freezes all norms at the values they have.")] = False
    rivals: Annotated[bool, Knob(
        "Rivals", "Also trains with early-learning regularisation, label smoothing and weight decay on norms.")] = True
    scratch: Annotated[bool, Knob("From scratch", "Also trains intact and stripped from random weights.")] = True
    dropout: Annotated[float, Knob(
        "Dropout contrast", "Also trains intact and stripped with this share of features dropped; 0 leaves the pair out.", low=0.0,
        high=0.9)] = 0.1
    dropout_everywhere: Annotated[float, Knob(
        "Dropout", "Share of features dropped while every variant trains; pretrained encoders are usually tuned with 0.1.", low=0.0,
        high=0.9)] = 0.0
    elr_strength: Annotated[float, Knob("ELR strength", "Weight of early-learning regularisation.", low=0.0, high=20.0)] = 3.0
    elr_memory: Annotated[float, Knob("ELR memory", "How slowly its targets forget.", low=0.0, high=0.999)] = 0.7
    label_smoothing: Annotated[float, Knob("Label smoothing", "Share of each label spread over all classes.", low=0.0,
                                           high=0.9)] = 0.1
    norm_decay: Annotated[float, Knob(
        "Norm decay", "Decoupled weight decay of the norms' scales and biases, in the variant that has it.", low=0.0, high=10.0)] = 1.0
    gradient_samples: Annotated[int, Knob(
        "Gradient samples", "Test and clean training samples whose gradient norms are measured.", low=10, high=10_000)] = 200
    bounds: Annotated[bool, Knob(
        "Bounds", "Also computes the theoretical bound by layer for the same test samples, after the last epoch.")] = True

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if self.depth % 3:
            raise InputError(f"depth must be divisible by three (early, middle, later layers), got {self.depth}: "
                             f"choose {3 * max(1, round(self.depth / 3))}.")
        if self.width % self.heads:
            raise InputError(f"width must be a multiple of heads ({self.heads}), got {self.width}.")
        if self.post_model == self.pre_model == "none":
            raise InputError("one of post_model and pre_model must name a model, got none twice.")
        if self.noise_class < 0 and round(self.noise_share * self.n_train) < FEWEST_NOISY:
            raise InputError(f"noise_share times n_train must give at least one wrong label, got {self.noise_share:g} of "
                             f"{self.n_train}: raise one of them.")
        if self.noise_class < 0 and round(self.noise_share * self.n_train) == self.n_train:
            raise InputError(f"noise_share must leave at least one label right, got {self.noise_share:g} of {self.n_train}: lower it.")
        if self.batch_size > self.n_train:
            raise InputError(f"batch_size must be at most n_train ({self.n_train}), got {self.batch_size}.")
        for placement in PLACEMENTS:
            self._check_model_fits(placement)

    def _check_model_fits(self, placement: Placement) -> None:
        name = self.model_of(placement)
        if name != "none" and is_text_model(name) != is_text(self.data):
            kind, other = ("texts", "fortunes or csv:PATH") if is_text_model(name) else ("images", "fashion-mnist or npz:PATH")
            raise InputError(f"{placement}_model={name} reads {kind}, got data={self.data}: choose data such as {other}.")

    @property
    def n_valid(self) -> int:
        """Number of validation samples, which choose where to stop early."""
        return min(MOST_VALID, self.n_train // 3)

    def model_of(self, placement: Placement) -> str:
        """Return the model of a placement."""
        return self.post_model if placement == "post" else self.pre_model

    def placements(self) -> tuple[Placement, ...]:
        """Return the placements that have a model."""
        return tuple(placement for placement in PLACEMENTS if self.model_of(placement) != "none")

    def variants(self, placement: Placement) -> tuple[Variant, ...]:
        """Return the variants that are fine-tuned for a placement, in the table's order."""
        asked = {"main": True, "groups": self.groups, "controls": self.controls, "frozen": self.frozen, "rivals": self.rivals,
                 "scratch": self.scratch, "dropout": self.dropout > 0}
        return tuple(variant for variant in VARIANTS if asked[variant.kind] and placement in variant.placements)


def data_fingerprint(config: LayerNormConfig) -> str:
    """Return the content hash of the data that a config names; data that a user brings is read and checked whole.

    Raises:
        InputError: If the data is missing, breaks a rule, or is too small for pretraining, fine-tuning and test.
    """
    if is_text(config.data):
        return _text_fingerprint(config)
    if config.data in TRAINING_IMAGES:
        found, shape, content = TRAINING_IMAGES[config.data], SHAPES.get(config.data, (32, 32)), ""
        n_test, n_classes = TEST_IMAGES[config.data], CLASSES.get(config.data, 10)
    else:
        data = load(config.data)
        found, shape, content = len(data.x_train), data.x_train.shape[1:3], data.fingerprint
        n_test, n_classes = len(data.x_test), len(data.class_names)
    if "patch" in (config.post_model, config.pre_model) and any(side % config.patch for side in shape):
        raise InputError(f"patch must divide the images of {shape[0]} x {shape[1]} pixels, got {config.patch}: choose a divisor.")
    if 2 * config.n_train > found:
        raise InputError(f"n_train must be at most half of the {found} training images of {config.data}, since the others are for "
                         f"pretraining, got {config.n_train}: lower it.")
    if config.n_test > n_test:
        raise InputError(f"n_test must be at most the {n_test} test images of {config.data}, got {config.n_test}: lower it.")
    _check_class(config, n_classes)
    return _with_weights(content or fingerprint(config.data), config)


def _with_weights(content: str, config: LayerNormConfig) -> str:
    """Return the hash of the data together with that of the pretrained vision transformers a config names, if it names any."""
    names = [config.model_of(placement).removeprefix(VISION_PREFIX) for placement in config.placements()
             if config.model_of(placement).startswith(VISION_PREFIX)]
    if not names:
        return content
    parts = [content, *(vision_fingerprint(name, config.depth) for name in names)]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=32).hexdigest()


def _check_class(config: LayerNormConfig, n_classes: int) -> None:
    if config.noise_class >= n_classes:
        raise InputError(f"noise_class must be below {n_classes}, the number of classes of {config.data}, got {config.noise_class}: "
                         "lower it, or take -1 for all.")


def _text_fingerprint(config: LayerNormConfig) -> str:
    """Return the hash of the texts and of the checkpoints that read them."""
    texts = load_texts(config.data)
    check_split(texts, config.n_train, config.n_valid, config.n_test)
    _check_class(config, len(texts.class_names))
    names = [config.model_of(placement) for placement in config.placements()]
    for name in names:
        check_norms(name)
    models = [checkpoint_fingerprint(name) for name in names]
    return hashlib.blake2b("\n".join([text_fingerprint(config.data), *models]).encode(), digest_size=32).hexdigest()


def work_of(config: LayerNormConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    if is_text(config.data):
        return _work_of_texts(config)
    size = config.depth / 3 * (config.width / 48) ** 1.5 * (7 / config.patch) ** 2
    images = 0.0
    for placement in config.placements():
        images += config.pretraining_samples + len(config.variants(placement)) * config.epochs * config.n_train * 1.4
    return Work(8.0, training_seconds("cnn", 16, IMAGE_COST * images * size))


def _work_of_texts(config: LayerNormConfig) -> Work:
    """Return loading, and half of one core's time: two work side by side; predicting takes a third of training."""
    n = config.n_train + config.n_valid + config.n_test
    texts = config.epochs * config.n_train + config.evaluations * n / 3
    seconds, half = 0.0, 1.0 if config.precision == "float32" else 0.5
    for placement in config.placements():
        cost = half * TEXT_SECONDS.get(config.model_of(placement), 0.1) * config.depth / 6 * config.most_tokens / 24
        seconds += cost * (len(config.variants(placement)) * texts + INTERVENTIONS * n / 3) / 2
    return Work(35.0, seconds)


TRAINING_IMAGES = MappingProxyType({BUNDLED: 20_000, "mnist": 60_000, "cifar10": 50_000, "cifar100": 50_000, "svhn": 73_257})
TEST_IMAGES = MappingProxyType({BUNDLED: 5000, "mnist": 10_000, "cifar10": 10_000, "cifar100": 10_000, "svhn": 26_032})
CLASSES = MappingProxyType({"cifar100": 100})  # all others have ten
SHAPES = MappingProxyType({BUNDLED: (28, 28), "mnist": (28, 28)})
IMAGE_COST = 1.7  # of the lite transformer, in images of the small CNN
TEXT_SECONDS = MappingProxyType({"minilm": 0.03, "smollm2": 0.06})  # 24 tokens trained on by six layers, on one core
INTERVENTIONS = 18  # before any training; each predicts all texts
LITE = LayerNormConfig()
STANDARD = LayerNormConfig(  # the paper's protocol on a smaller encoder: every epoch is read, since the paper reads at one of them
    data="fortunes", post_model="minilm", pre_model="none", depth=6, n_train=480, n_test=300, most_tokens=24, epochs=16, evaluations=16,
    batch_size=16, learning_rate=4e-5, schedule="constant", warmup=1 / 16, precision="auto", groups=False, rivals=False, scratch=False,
    dropout=0.0, dropout_everywhere=0.1, gradient_samples=10)
TEXTS = LayerNormConfig(  # both placements in minutes: learns faster than the paper did, and so reads another question
    data="fortunes", post_model="minilm", pre_model="smollm2", noise_share=0.1, depth=6, n_train=180, n_test=150, most_tokens=24,
    epochs=6, evaluations=6, batch_size=8, learning_rate=1.5e-4, warmup=0.1, groups=False, rivals=False, scratch=False, dropout=0.0,
    gradient_samples=40)
FULL = LayerNormConfig(  # the papers' models; their corpus is not public in this form: --set data=csv:PATH --set n_train=16000
    data="fortunes", post_model="transformers:google-bert/bert-base-uncased", pre_model="transformers:EleutherAI/gpt-neo-125m", depth=12,
    n_train=600, n_test=350, most_tokens=64, epochs=60, evaluations=60, batch_size=16, learning_rate=2e-5, schedule="constant",
    warmup=1 / 60, dropout=0.0, dropout_everywhere=0.1, frozen=True, gradient_samples=200)
