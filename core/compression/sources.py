"""The papers that claims and methods of this room come from. Imports no torch."""

QUANTISE = "Bellam and Kim, Explaining How Quantization Disparately Skews a Model, arXiv 2509.07222, abstract"
PRUNE = "Tran, Fioretto, Kim and Naidu 2022, Pruning has a Disparate Impact on Model Accuracy, arXiv 2205.13574"
UNFAIR = "Liu et al. 2025, Understanding the Unfairness in Network Quantization, ICML"

SOURCES = (
    "Bellam and Kim 2025, Explaining How Quantization Disparately Skews a Model, arXiv 2509.07222: the chain of causes. Its settings "
    "and numbers were not available to us.",
    "Tran, Fioretto, Kim and Naidu 2022, Pruning has a Disparate Impact on Model Accuracy, arXiv 2205.13574: bound, group gradients, "
    "curvature.",
    "Liu et al. 2025, Understanding the Unfairness in Network Quantization, ICML: training through the rounding is more accurate and "
    "less fair.",
    "Jacob et al. 2018, Quantization and Training of Neural Networks: affine grids, folded norms.",
    "Cui et al. 2019, Class-Balanced Loss: the long tail.",
    "Becker and Kohavi 1996, Adult, UCI Machine Learning Repository, CC BY 4.0: the census table.",
)
