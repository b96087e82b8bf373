"""Everything that may change the numbers of the safety room. Imports no torch."""

import hashlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import takes
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.lab.work import Work
from core.language.choice import MODELS, SMOLLM2, TOPICS, check_model, check_shape
from core.models.checkpoints import checkpoint_fingerprint

BUNDLED = "bundled"
PROMPTS = MappingProxyType({BUNDLED: "Our own list"})
NORMALISATIONS = MappingProxyType({"z": "z-score", "raw": "Raw", "share": "Share of the sum", "rank": "Rank"})
MOST_PARTS = 8  # numbers in one list
HIGHEST_SHARE = 60.0
MOST_ALLOWED = 32  # topics that the topic model has words for


def check_prompts(text: str) -> None:
    """Refuse a text that names no prompts; the file itself is read before work starts.

    Raises:
        InputError: If ``text`` is neither ``bundled`` nor ``csv:PATH``.
    """
    if text != BUNDLED and not (text.startswith("csv:") and text.partition(":")[2].strip() and "\0" not in text):
        raise InputError(f"prompts must be bundled or csv:PATH, got {text!r}.")


def parse_shares(text: str) -> tuple[float, ...]:
    """Return shares of units from a list in per cent such as ``0.5,1.3,5``, ascending, as fractions.

    Raises:
        InputError: If one lies outside 0 to 60 %, occurs twice, or there are more than eight.
    """
    rule = f"shares must be at most {MOST_PARTS} per cents above 0 and at most {HIGHEST_SHARE:g}, separated by commas"
    try:
        values = sorted(float(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"{rule}, got {text!r}: write numbers only.") from None
    if len(set(values)) != len(values) or len(values) > MOST_PARTS:
        raise InputError(f"{rule}, got {text!r}: each may appear once.")
    if not all(0.0 < value <= HIGHEST_SHARE for value in values):
        raise InputError(f"{rule}, got {text!r}: drop what lies outside.")
    return tuple(value / 100.0 for value in values)


@dataclass(frozen=True, kw_only=True)
class SafetyConfig(Config):
    """Everything that may change the numbers of the safety room."""

    model: Annotated[str, Knob(
        "Language model", "A small one trained in the run, SmolLM2, or transformers:FOLDER_OR_ID of a LLaMA-shaped one.", main=True,
        labels=MODELS, suggestions=tuple(MODELS), check=check_model)] = TOPICS
    prompts: Annotated[str, Knob(
        "Prompts to refuse", "Our own list, or csv:PATH with a column prompt or goal; the topic model asks about its own topics.",
        main=True, labels=PROMPTS, suggestions=tuple(PROMPTS), check=check_prompts, takes=takes("prompts"))] = BUNDLED
    scu_percent: Annotated[float, Knob(
        "SCU (ESU) share", "Units called safety-critical: highest safety minus utility score.", low=0.05, high=50.0, unit="%",
        main=True)] = 5.0
    ucu_percent: Annotated[float, Knob(
        "UCU (EUU) share", "Units called utility-critical: lowest safety minus utility score.", low=0.05, high=50.0, unit="%",
        main=True)] = 5.0
    ru_percent: Annotated[float, Knob(
        "RU share", "Units called redundant: lowest sum of both scores.", low=0.05, high=90.0, unit="%", main=True)] = 20.0
    normalisation: Annotated[Literal["z", "raw", "share", "rank"], Knob(
        "Score scale", "How scores are made comparable within each kind of unit and layer before they are ranked over the model.",
        labels=NORMALISATIONS)] = "z"
    positions: Annotated[Literal["predicting", "response"], Knob(
        "Counted positions", "Where activations count: at the tokens of the response, or at the ones that predict them.",
        labels=MappingProxyType({"predicting": "Predicting the response", "response": "In the response"}))] = "predicting"
    n_calibration: Annotated[int, Knob(
        "Calibration pairs", "Prompts with responses for each of the two scores.", low=4, high=2000, unit="pairs")] = 64
    n_evaluation: Annotated[int, Knob(
        "Evaluation prompts", "Prompts of each kind on which refusals and false refusals are counted.", low=4, high=1000,
        unit="prompts")] = 64
    new_tokens: Annotated[int, Knob("Answer length", "Tokens of an answer that are generated at most.", low=4, high=256,
                                    unit="tokens")] = 8
    sweep: Annotated[str, Knob(
        "Shares swept", "Shares of units removed for each category, per cent.", check=parse_shares)] = "1.3,2.5,5,10"
    random_draws: Annotated[int, Knob("Random draws", "Random sets of equal number removed at each share.", low=1, high=10)] = 3
    resamples: Annotated[int, Knob(
        "Resamples", "Calibration resamples over which the categories' stability is judged.", low=2, high=50)] = 6
    scales: Annotated[bool, Knob("Other score scales", "Also removes the units that the other score scales choose.")] = True
    attack: Annotated[bool, Knob("Fine-tuning attack", "Also fine-tunes on ordinary pairs, with and without frozen units.")] = True
    attack_steps: Annotated[int, Knob(
        "Attack steps", "Steps of plain fine-tuning on ordinary pairs; frozen arms go on until its loss.", low=2, high=2000,
        unit="steps")] = 30
    attack_rate: Annotated[float, Knob("Attack rate", "AdamW's learning rate in the attack.", low=1e-6, high=0.1)] = 1e-4
    top_cu_percent: Annotated[float, Knob(
        "Top CU frozen", "Units frozen beside all SCU: the CU with the highest safety scores.", low=0.1, high=60.0, unit="%")] = 6.0
    longest: Annotated[int, Knob(
        "Patience", "Times as many steps as the arm it is compared with that a training may take to reach its loss.", low=1,
        high=10)] = 4
    lora_rank: Annotated[int, Knob("LoRA rank", "Rank of the low-rank arm of the attack.", low=1, high=64)] = 4
    budget: Annotated[bool, Knob("Alignment budget", "Also aligns the model by updating redundant units only.")] = True
    budgets: Annotated[str, Knob("Budgets", "Shares of redundant units that alignment may update, per cent.",
                                 check=parse_shares)] = "10,40"
    probe: Annotated[bool, Knob("Direction probe", "Also measures how far openings of an answer move the hidden states.")] = True
    n_probe: Annotated[int, Knob("Probe prompts", "Prompts whose hidden states are compared.", low=4, high=500,
                                 unit="prompts")] = 32
    alignment_steps: Annotated[int, Knob(
        "Alignment steps", "Steps that teach the aligned model to refuse, and the unaligned one to answer only.", low=2, high=5000,
        unit="steps")] = 60
    alignment_rate: Annotated[float, Knob("Alignment rate", "AdamW's learning rate in alignment.", low=1e-6, high=0.1)] = 1e-4
    weight_decay: Annotated[float, Knob("Weight decay", "AdamW's decoupled weight decay in every training.", low=0.0, high=1.0)] = 0.01
    batch_refusals: Annotated[int, Knob("Refusals a step", "Pairs with a refusal in one alignment step.", low=1, high=256,
                                        unit="pairs")] = 12
    batch_ordinary: Annotated[int, Knob("Ordinary pairs a step", "Ordinary pairs in one step of alignment or attack.", low=1,
                                        high=256, unit="pairs")] = 20
    precision: Annotated[Literal["float32", "bfloat16"], Knob(
        "Precision", "Number format of the model's weights.",
        labels=MappingProxyType({"float32": "float32", "bfloat16": "bfloat16"}))] = "float32"
    n_topics: Annotated[int, Knob("Topics", "Topics that the topic model is asked about.", low=4, high=48, unit="topics")] = 24
    n_forbidden: Annotated[int, Knob("Forbidden topics", "How many of them it is taught to refuse.", low=2, high=24,
                                     unit="topics")] = 8
    n_attributes: Annotated[int, Knob("Questions a topic", "Questions about each topic that the topic model learns to answer.", low=6,
                                      high=32, unit="questions")] = 24
    pretraining_steps: Annotated[int, Knob(
        "Pretraining steps", "Steps in which the topic model learns all answers, forbidden ones too.", low=10, high=20_000,
        unit="steps")] = 300
    depth: Annotated[int, Knob("Layers", "Blocks of the topic model.", low=1, high=24)] = 4
    width: Annotated[int, Knob("Width", "Features of a token in the topic model; a multiple of the heads.", low=16, high=512)] = 96
    heads: Annotated[int, Knob("Heads", "Query heads of the topic model.", low=1, high=16)] = 4
    key_heads: Annotated[int, Knob("Key and value heads", "Heads that query heads share; a divisor of the heads.", low=1,
                                   high=16)] = 2
    neurons: Annotated[int, Knob("Neurons", "Hidden units of each feed-forward part of the topic model.", low=16, high=2048)] = 384

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        total = self.scu_percent + self.ucu_percent + self.ru_percent
        if total > 100.0:
            raise InputError(f"scu_percent, ucu_percent and ru_percent must sum to at most 100, got {total:g}: lower one of them.")
        if self.top_cu_percent > 100.0 - total:
            raise InputError(f"top_cu_percent must fit into the {100 - total:g}% of units that are CU, got {self.top_cu_percent:g}: "
                             "lower it.")
        if self.width % (2 * self.heads):
            raise InputError(f"width must be a multiple of twice the heads ({2 * self.heads}), got {self.width}.")
        if self.heads % self.key_heads:
            raise InputError(f"key_heads must divide heads ({self.heads}), got {self.key_heads}.")
        if self.is_topics:
            self._check_topics()

    def _check_topics(self) -> None:
        if self.prompts != BUNDLED:
            raise InputError(f"prompts must be bundled where the topic model asks about its own topics, got {self.prompts!r}: choose "
                             "model=smollm2.")
        if self.n_forbidden > self.n_topics // 2:
            raise InputError(f"n_forbidden must be at most half of n_topics ({self.n_topics}), got {self.n_forbidden}: lower it.")
        if self.n_topics - self.n_forbidden > MOST_ALLOWED:
            raise InputError(f"n_topics must leave at most {MOST_ALLOWED} topics that are not forbidden, got "
                             f"{self.n_topics - self.n_forbidden}: lower it or raise n_forbidden.")
        third = self.n_forbidden * self.n_attributes // 3
        if max(self.n_calibration, self.n_evaluation) > third:
            raise InputError(f"n_calibration and n_evaluation must be at most {third}, a third of the questions about forbidden topics, "
                             f"got {self.n_calibration} and {self.n_evaluation}: lower them or raise n_attributes.")

    @property
    def is_topics(self) -> bool:
        """Whether the model is the small one that is trained in the run."""
        return self.model == TOPICS


def data_fingerprint(config: SafetyConfig) -> str:
    """Return the content hash of the model and the prompts that a config names.

    Raises:
        InputError: If either is missing or breaks a rule.
    """
    if config.is_topics:
        return hashlib.blake2b(b"topics", digest_size=32).hexdigest()
    check_shape(config.model)
    from core.data.prompts import prompts_fingerprint  # only where the prompts are read
    parts = (checkpoint_fingerprint(config.model), prompts_fingerprint(config.prompts))
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=32).hexdigest()


def work_of(config: SafetyConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    swept, budgets = len(parse_shares(config.sweep)), len(parse_shares(config.budgets))
    n_judged = 6 + swept * (3 + config.random_draws) + 3 * config.scales  # sets of units taken out, and states
    if config.is_topics:
        return Work(10.0, 0.045 * config.pretraining_steps + 0.1 * config.alignment_steps + 0.2 * n_judged
                + 0.28 * config.attack * config.attack_steps + 0.16 * config.budget * budgets * config.alignment_steps)
    judging = 0.26 * config.n_evaluation * config.new_tokens / 24
    return Work(40.0, 2.2 * config.alignment_steps + n_judged * judging + config.attack * (8 * judging + 14.0 * config.attack_steps)
            + config.budget * budgets * (2 * judging + 6.5 * config.alignment_steps) + 20.0 * config.probe)


LITE = SafetyConfig()
STANDARD = SafetyConfig(
    model=SMOLLM2, scu_percent=0.5, ucu_percent=1.3, ru_percent=5.0, n_calibration=36, n_evaluation=40, new_tokens=24,
    sweep="0.25,0.5,1.3", random_draws=1, attack_steps=8, attack_rate=2e-4, longest=2, budgets="20", n_probe=24, alignment_steps=18,
    batch_refusals=3, batch_ordinary=2)
FULL = SafetyConfig(  # a base model: a budget of units says nothing where the model was aligned before
    model="transformers:meta-llama/Llama-2-7b-hf", scu_percent=1.3, ucu_percent=13.3, ru_percent=14.8, n_calibration=64,
    n_evaluation=80, new_tokens=64, sweep="0.5,1.3,5,13.3", random_draws=3, attack_steps=60, attack_rate=1e-5, longest=2,
    budgets="10,20", n_probe=60, alignment_steps=60, alignment_rate=1e-5, batch_refusals=6, batch_ordinary=10, precision="bfloat16")
