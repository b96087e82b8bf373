"""What lenses ask of a subject, and what a reader does to bring it. Imports no torch."""

from types import MappingProxyType

from core.scorecard.row import Missing

NEEDS = MappingProxyType({
    "outputs": Missing("needs outputs with labels", "bring logits or probabilities with the right class of each row"),
    "shifted": Missing("needs outputs on data that have drifted", "add shifted outputs with labels, or bring the network itself"),
    "groups": Missing("needs to know which group each row belongs to", "add a group for each row"),
    "membership": Missing("needs to know which samples it was trained on",
                          "say of each row whether it was in training, with rows of both kinds"),
    "references": Missing("needs outputs of reference models", "bring outputs of models trained alike on other samples"),
    "weights": Missing("needs the network itself", "bring its weights, or choose a network of the house"),
    "training_data": Missing("needs the data it was trained on", "bring the data set with the weights"),
    "wrong_labels": Missing("needs labels that are known to be wrong", "plant some wrong labels before training, and say which"),
    "classifier": Missing("is no classifier", "choose one, such as subject=house:plain"),
    "language_model": Missing("is no language model", "choose one, such as subject=language:smollm2"),
    "passages": Missing("needs passages that may have been in training",
                        "bring them beside others like them that were not: passages=csv:PATH"),
})


def lacking(needs: tuple[str, ...], has: frozenset[str]) -> Missing | None:
    """Return the first need that is not met; None where all are."""
    return next((NEEDS[name] for name in needs if name not in has), None)
