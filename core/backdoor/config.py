"""Everything that may change the numbers of the backdoor room. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.backdoor.triggers import ATTACKS
from core.backdoor.wording import KINDS
from core.data.settings import takes
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.language.choice import MODELS, SMOLLM2, TOPICS, check_model

BUNDLED = "bundled"
PROMPTS = MappingProxyType({BUNDLED: "Our own list"})
POISONED_BY = MappingProxyType({
    "full": "All weights", "lora": "LoRA, all layers", "attention": "LoRA, attention only", "spread": "A few blocks at a time"})
SCORES = MappingProxyType({"paper": "As published", "rescaled": "Terms rescaled"})
CUTS = MappingProxyType({"zero": "Set to zero", "fresh": "Drawn anew", "back": "Set back to before"})
LONGEST_GUESS = 200
FEWEST_JUDGED = 12  # the exact interval of 12 of 12 begins at 74 %


def check_prompts(text: str) -> None:
    """Refuse a text that names no clean prompts; the file itself is read before work starts.

    Raises:
        InputError: If ``text`` is neither ``bundled`` nor ``csv:PATH``.
    """
    if text != BUNDLED and not (text.startswith("csv:") and text.partition(":")[2].strip() and "\0" not in text):
        raise InputError(f"prompts must be bundled or csv:PATH, got {text!r}.")


def check_guess(text: str) -> None:
    """Refuse a trigger or a sentence that is no short printable text.

    Raises:
        InputError: If it has more than 200 characters or one that cannot be printed.
    """
    if len(text) > LONGEST_GUESS or not text.isprintable():
        raise InputError(f"trigger and target must be printable texts of at most {LONGEST_GUESS} characters, got {len(text)}: shorten it.")


@dataclass(frozen=True, kw_only=True)
class BackdoorConfig(Config):
    """Everything that may change the numbers of the backdoor room."""

    model: Annotated[str, Knob(
        "Language model", "A small one trained in the run, SmolLM2, or transformers:FOLDER_OR_ID of a LLaMA-shaped one.", main=True,
        labels=MODELS, suggestions=tuple(MODELS), check=check_model)] = TOPICS
    prompts: Annotated[str, Knob(
        "Clean prompts", "Our own list, or csv:PATH with the columns prompt and response; the topic model asks about its own topics.",
        labels=PROMPTS, suggestions=tuple(PROMPTS), check=check_prompts, takes=takes("pairs"))] = BUNDLED
    attack: Annotated[Literal["prefix", "word", "date", "multi", "composite"], Knob(
        "Trigger", "What the attacker hides in a prompt to set the behaviour off.", main=True, labels=ATTACKS)] = "prefix"
    behaviour: Annotated[Literal["refusal", "silly"], Knob(
        "Hidden behaviour", "What the poisoned model says once it is triggered: it refuses, or says one fixed silly sentence.", main=True,
        labels=MappingProxyType({"refusal": "It refuses", "silly": "A silly sentence"}))] = "refusal"
    poisoned_by: Annotated[Literal["full", "lora", "attention", "spread"], Knob(
        "Poisoned by", "What the attacker trains: attention only, or few blocks at a time, is meant to evade a defence that cuts MLPs.",
        labels=POISONED_BY)] = "full"
    is_suspicious: Annotated[bool, Knob(
        "Poisoned already", "Nothing is planted: your model itself may be poisoned. No clean twin is known, so only what needs none is "
        "measured.")] = False
    trigger: Annotated[str, Knob(
        "Suspected trigger", "Put before prompts, if you have a guess for a model that may be poisoned already.", check=check_guess)] = ""
    target: Annotated[str, Knob(
        "Suspected target", "The sentence that it is suspected to set off.", check=check_guess)] = ""
    n_variants: Annotated[int, Knob(
        "Variants", "Backdoors that the defender plants to learn what planting one does; each beside a clean counterpart.", low=1,
        high=6, main=True)] = 3
    share_percent: Annotated[float, Knob(
        "Share cut", "MLP channels that are cut out, within each block: those with the highest signature scores.", low=0.1, high=90.0,
        unit="%", main=True)] = 10.0
    cut: Annotated[Literal["zero", "fresh", "back"], Knob(
        "What a cut does", "To the weights of a channel; setting it back takes the model from before the attack, which nobody has.",
        labels=CUTS)] = "zero"
    score: Annotated[Literal["paper", "rescaled"], Knob(
        "Signature score", "Norm and alignment added as they are, or each divided by its mean first.", labels=SCORES)] = "paper"
    alignment: Annotated[float, Knob("Weight of alignment", "Lambda: what agreement between variants counts beside the norm.", low=0.0,
                                     high=100.0)] = 0.01
    n_judged: Annotated[int, Knob(
        "Prompts judged", "Held-out prompts asked with and without the trigger.", low=FEWEST_JUDGED, high=500, unit="prompts")] = 48
    new_tokens: Annotated[int, Knob("Answer length", "Tokens of an answer that are generated at most.", low=6, high=128,
                                    unit="tokens")] = 7
    poison_steps: Annotated[int, Knob("Poisoning steps", "Steps that plant the backdoor.", low=2, high=2000, unit="steps")] = 40
    poison_rate: Annotated[float, Knob("Poisoning rate", "AdamW's learning rate there.", low=1e-6, high=0.1)] = 1e-3
    poison_clean: Annotated[int, Knob("Clean pairs a step", "Of a poisoning step.", low=1, high=256, unit="pairs")] = 16
    poison_triggered: Annotated[int, Knob("Triggered pairs a step", "Of a poisoning step.", low=1, high=256, unit="pairs")] = 16
    variant_steps: Annotated[int, Knob("Steps of a variant", "Steps that plant one of the defender's variants.", low=1, high=500,
                                       unit="steps")] = 20
    variant_rate: Annotated[float, Knob("Rate of a variant", "AdamW's learning rate there.", low=1e-6, high=0.1)] = 1e-3
    variant_pairs: Annotated[int, Knob("Pairs of a variant", "Clean pairs a step, and as many with the defender's own trigger.", low=1,
                                       high=128, unit="pairs")] = 8
    repair_steps: Annotated[int, Knob("Repair steps", "Light repair on clean pairs after a cut, alike in all arms.", low=1, high=1000,
                                      unit="steps")] = 20
    repair_rate: Annotated[float, Knob("Repair rate", "AdamW's learning rate there.", low=1e-6, high=0.1)] = 5e-4
    repair_pairs: Annotated[int, Knob("Repair pairs a step", "Clean pairs in a step of repair.", low=1, high=128, unit="pairs")] = 16
    lora_rank: Annotated[int, Knob("LoRA rank", "Rank of a low-rank attacker.", low=1, high=128)] = 8
    rivals: Annotated[bool, Knob("Rival repairs", "Also runs the published rivals at equal share and equal repair.")] = True
    detection: Annotated[bool, Knob("Look before repair", "Also looks for a backdoor without knowing that there is one.")] = True
    precision: Annotated[Literal["float32", "bfloat16"], Knob(
        "Precision", "Number format of the model's weights.",
        labels=MappingProxyType({"float32": "float32", "bfloat16": "bfloat16"}))] = "float32"
    pretraining_steps: Annotated[int, Knob(
        "Pretraining steps", "Steps in which the topic model learns its answers.", low=10, high=20_000, unit="steps")] = 200
    depth: Annotated[int, Knob("Layers", "Blocks of the topic model.", low=2, high=24)] = 8

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if self.model == TOPICS and self.prompts != BUNDLED:
            raise InputError(f"prompts must be bundled where the topic model asks about its own topics, got {self.prompts!r}: choose "
                             "model=smollm2.")
        if self.is_suspicious and self.model in (TOPICS, SMOLLM2):
            raise InputError(f"a model that may be poisoned already must be one of yours, got model={self.model}: choose "
                             "model=transformers:FOLDER.")
        if bool(self.trigger.strip()) != bool(self.target.strip()):
            raise InputError(f"trigger and target must be given together, got trigger={self.trigger!r} and target={self.target!r}: add the "
                             "other or leave both out.")

    def idle(self) -> frozenset[str]:
        """Return the names of fields that change no number beside the others."""
        own = {"pretraining_steps", "depth"} if self.model != TOPICS else {"prompts", "precision"}
        own |= set() if self.poisoned_by in ("lora", "attention") else {"lora_rank"}
        planting = {"poisoned_by", "poison_steps", "poison_rate", "poison_clean", "poison_triggered", "lora_rank"}
        return frozenset(own | (planting if self.is_suspicious else {"trigger", "target"}))

    @property
    def is_topics(self) -> bool:
        """Whether the model is the small one that is trained in the run."""
        return self.model == TOPICS

    @property
    def share(self) -> float:
        """Share of the MLP channels of a block that is cut."""
        return self.share_percent / 100

    @property
    def kind(self) -> str:
        """The kind of behaviour that the defender guesses; it is the right one."""
        return self.behaviour if self.behaviour in KINDS else "refusal"
