"""Everything that may change the numbers of the table over attacks. Imports no torch."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Annotated

from core.backdoor.config import POISONED_BY, BackdoorConfig
from core.backdoor.triggers import ATTACKS
from core.backdoor.wording import KINDS
from core.lab.config import Knob, to_dict
from core.lab.errors import InputError

FULL = "full"
ATTACKERS = tuple(name for name in POISONED_BY if name != FULL)
NONE = "none"


def listed(text: str, known: Collection[str], what: str) -> tuple[str, ...]:
    """Return the names joined by + in ``text``, in the order of ``known``.

    Raises:
        InputError: If one is unknown or stands twice, or there is none.
    """
    names = text.split("+")
    if len(set(names)) < len(names) or not set(names) <= set(known):
        raise InputError(f"{what} must be some of {', '.join(known)}, each once and joined by +, got {text[:60]!r}: name others.")
    return tuple(name for name in known if name in names)


def check_triggers(text: str) -> None:
    """Refuse what lists no triggers.

    Raises:
        InputError: One sentence.
    """
    listed(text, ATTACKS, "triggers")


def check_behaviours(text: str) -> None:
    """Refuse what lists no behaviours.

    Raises:
        InputError: One sentence.
    """
    listed(text, KINDS, "behaviours")


def check_attackers(text: str) -> None:
    """Refuse what is neither ``none`` nor a list of attackers.

    Raises:
        InputError: One sentence.
    """
    if text != NONE:
        listed(text, ATTACKERS, "attackers")


@dataclass(frozen=True)
class Cell:
    """One attack of the table.

    Attributes:
        attack: Its trigger, a key of ``ATTACKS``.
        behaviour: What it sets off, a key of ``KINDS``.
        by: What the attacker trains, a key of ``POISONED_BY``.
    """

    attack: str
    behaviour: str
    by: str = FULL


@dataclass(frozen=True, kw_only=True)
class AttacksConfig(BackdoorConfig):
    """The settings of the whole study, each of whose attacks is one of many here."""

    triggers: Annotated[str, Knob("Triggers", f"Joined by +, of {', '.join(ATTACKS)}; each with each behaviour.", main=True,
                                  check=check_triggers)] = "+".join(ATTACKS)
    behaviours: Annotated[str, Knob("Behaviours", f"Joined by +, of {', '.join(KINDS)}.", main=True,
                                    check=check_behaviours)] = "+".join(KINDS)
    attackers: Annotated[str, Knob(
        "Attackers who evade", f"Joined by +, of {', '.join(ATTACKERS)}, or none; each with one trigger and one behaviour.", main=True,
        check=check_attackers)] = "+".join(ATTACKERS)
    n_twins: Annotated[int, Knob("Clean models", "Trained like the poisoned ones, without trigger; looks at them tell false alarms.", low=1,
                                 high=40)] = 8

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        super().check()
        if self.is_suspicious:
            raise InputError("is_suspicious must be false here, since every attack is planted in turn, got true: ask the whole study.")

    def idle(self) -> frozenset[str]:
        """Return the names of fields that change no number beside the others."""
        alone = {"attack", "behaviour"} if self.attackers == NONE else set()
        return super().idle() - {"lora_rank"} | alone | {"poisoned_by", "rivals", "trigger", "target"}

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every attack of the table: all triggers and behaviours by full training, then the attackers who evade."""
        plain = [Cell(attack, behaviour) for behaviour in listed(self.behaviours, KINDS, "behaviours")
                 for attack in listed(self.triggers, ATTACKS, "triggers")]
        further = () if self.attackers == NONE else listed(self.attackers, ATTACKERS, "attackers")
        return (*plain, *(Cell(self.attack, self.behaviour, by) for by in further))

    def of(self, cell: Cell) -> BackdoorConfig:
        """Return the settings of the whole study for one attack: its models are the same ones."""
        own = {field.name for field in fields(BackdoorConfig)}
        shared = {name: value for name, value in to_dict(self).items() if name in own}
        return BackdoorConfig(**{**shared, "attack": cell.attack, "behaviour": cell.behaviour, "poisoned_by": cell.by})
