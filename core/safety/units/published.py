"""Published rows beside ours. Imports no torch.

Source: Li and Kim, Superficial Safety Alignment Hypothesis, arXiv 2410.10862, tables 1, 2 and 4 and figure 5. Shares of units, shares of
answered prompts (attack success rate) and accuracies as fractions; perplexities on WikiText-2. The averages are the authors' own: for
Llama-2 they are not the mean of the two columns printed beside them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class RemovalRow:
    """One row of table 1: a category removed; ``category`` as in the figures; ``answered`` is the average attack success rate."""

    model: str
    category: str
    share: float
    perplexity: float
    utility: float
    answered: float


@dataclass(frozen=True)
class AttackRow:
    """One row of table 2: answered AdvBench prompts (judged by keywords) after benign fine-tuning, by what was frozen."""

    model: str
    data: str
    initial: float
    plain: float
    top_complex: float
    all_complex: float


LLAMA_2, LLAMA_3, MISTRAL = "Llama-2-7B-Chat", "Llama-3-8B-Instruct", "Mistral-7B-Instruct"
REMOVED = (
    RemovalRow(LLAMA_2, "none", 0.0, 6.49, 0.583, 0.100),
    RemovalRow(LLAMA_2, "SCU", 0.013, 6.76, 0.569, 0.660),
    RemovalRow(LLAMA_2, "UCU", 0.133, 180.2, 0.427, 0.283),
    RemovalRow(LLAMA_2, "RU", 0.148, 8.32, 0.555, 0.146),
    RemovalRow(LLAMA_3, "none", 0.0, 7.74, 0.612, 0.155),
    RemovalRow(LLAMA_3, "SCU", 0.014, 9.06, 0.576, 0.865),
    RemovalRow(LLAMA_3, "UCU", 0.068, 269.2, 0.444, 0.200),
    RemovalRow(LLAMA_3, "RU", 0.066, 8.52, 0.608, 0.125),
    RemovalRow(MISTRAL, "none", 0.0, 5.59, 0.662, 0.145),
    RemovalRow(MISTRAL, "SCU", 0.02, 6.17, 0.633, 0.625),
    RemovalRow(MISTRAL, "UCU", 0.013, 52.7, 0.401, 0.200),
    RemovalRow(MISTRAL, "RU", 0.134, 8.15, 0.641, 0.130),
)
ATTACKED = (
    AttackRow(LLAMA_2, "Alpaca", 0.0019, 0.053, 0.0296, 0.021),
    AttackRow(LLAMA_2, "Dolly", 0.0019, 0.1192, 0.0365, 0.0288),
    AttackRow(LLAMA_3, "Alpaca", 0.0154, 0.1424, 0.112, 0.1095),
    AttackRow(LLAMA_3, "Dolly", 0.0154, 0.6115, 0.5138, 0.4058),
)
