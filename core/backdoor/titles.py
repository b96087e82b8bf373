"""What the arms are called, and what each knows that a defender would not. Imports no torch."""

from types import MappingProxyType

TITLES = MappingProxyType({
    "poisoned": "Poisoned, untouched", "never": "Never poisoned", "repair": "Repair alone", "signature": "Signature",
    "other": "Signature, wrong kind", "random": "Random channels", "largest": "Largest channels", "fresh": "Signature, drawn anew",
    "back": "Signature, set back", "norm": "Oracle: what moved most", "effect": "Oracle: what matters most", "fine": "Fine-pruning (Wanda)",
    "oneshot": "One-shot pruning", "crow": "CROW", "latent": "Latent adversarial"})
KNOWS = MappingProxyType({"never": "yardstick", "back": "the clean model", "norm": "the clean model", "effect": "trigger and behaviour",
                          "latent": "the behaviour", "oneshot": "the kind of behaviour", "signature": "the kind of behaviour",
                          "fresh": "the kind of behaviour"})
