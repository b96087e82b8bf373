"""What abbreviations and words of the field mean: one record, from which captions, help texts and the search are made.

Where a method's authors do not say what its letters stand for, the entry says what it does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Word:
    """One entry: what stands on a page, what it is in a few words, and a sentence for somebody who looks it up.

    What is ``everyday`` is known to who uses a computer: it is found by the search, and no caption spells it out.
    """

    short: str
    long: str
    said: str = ""
    everyday: bool = False


ENTRIES = (
    # measures
    Word("AUC", "area under the ROC curve", "How often a member is ranked above a stranger: 0.50 is guessing, 1 is always."),
    Word("AUROC", "area under the ROC curve", "How often a case of interest is ranked above another: 0.50 is guessing, 1 is always."),
    Word("ROC", "receiver operating characteristic", "What is found, against what is accused in vain, for every threshold."),
    Word("TPR", "true-positive rate", "Share of the members that are found."),
    Word("FPR", "false-positive rate", "Share of the strangers that are accused in vain."),
    Word("ECE", "expected calibration error", "How far confidence lies from accuracy on average over bins: 0 is as sure as right."),
    Word("ASR", "attack success rate", "Share of the prompts with the trigger on which the model does what the attacker wants."),
    Word("KL", "Kullback-Leibler divergence", "How much one distribution of answers differs from another: 0 is not at all."),
    Word("CE", "cross-entropy", "The usual training loss: minus the logarithm of the probability given to the right label."),
    Word("ARI", "adjusted Rand index", "How well two groupings of the same things agree: 0 is chance, 1 is the same."),
    Word("MMD", "maximum mean discrepancy", "A distance between two samples."),
    Word("MACs", "multiply-accumulate operations", "A count of the arithmetic of one pass."),
    Word("PPL", "perplexity", "How surprised a language model is by a text: lower is better."),
    Word("KS", "Kolmogorov-Smirnov test", "Whether two samples come from one distribution."),
    Word("DiD", "difference in differences", "The change of one group minus that of another."),
    # privacy
    Word("MIA", "membership inference attack", "Tells whether a sample was in the training set."),
    Word("LiRA", "likelihood-ratio attack",
         "Compares an answer with those of reference models that saw the image and of models that did not (Carlini et al. 2022)."),
    Word("RMIA", "robust membership inference attack", "Counts how many strangers an image beats (Zarifzadeh et al. 2024)."),
    Word("SRCM", "Saturn ring classifier module", "A defence that confines features to a ring, reconstructed here (Fang and Kim 2024)."),
    Word("CRL", "center-based relaxed learning", "A defence that holds the loss at a level (Fang and Kim 2024)."),
    Word("CCL", "convex-concave loss", "A defence that keeps the losses of members spread out (Liu et al. 2024)."),
    Word("PPTP", "trains only the leaking regions with a private loss", "Our reading of an abstract (Fang and Kim 2026)."),
    Word("HAMP", "trains towards uncertain labels and rearranges the answers", "A defence (Chen and Pattabiraman 2024)."),
    Word("DP-SGD", "differentially private stochastic gradient descent", "Clips each image's gradient and adds noise."),
    Word("DP", "differential privacy", "A bound on what any one image can change."),
    Word("SGD", "stochastic gradient descent", "The plain way of training, a few images at a time."),
    # LayerNorm and memorization
    Word("LN", "LayerNorm", "Normalises what each sample's features are; Pre-LN before each block, Post-LN after it."),
    Word("ELR", "early-learning regularisation", "Pulls predictions towards what they were early on (Liu et al. 2020)."),
    # spurious correlations
    Word("JTT", "just train twice", "Trains again with the images that a first network got wrong counting more (Liu et al. 2021)."),
    Word("DFR", "deep feature reweighting", "Fits the last layer again on held-out images, equally many of each group."),
    Word("GroupDRO", "group distributionally robust optimisation", "Weights groups by their loss, so that the worst counts most."),
    Word("DRO", "distributionally robust optimisation", "Training for the worst case of several."),
    Word("DiffROAR", "difference of remove-and-retrain accuracies", "Whether what a map marks is what the network needs."),
    Word("CAM", "class activation map", "Which places of an image speak for a class."),
    Word("WiSE-FT", "weight-space ensembling of fine-tuned models", "The mean of two networks' weights (Wortsman et al. 2022)."),
    # compression
    Word("QAT", "quantisation-aware training", "Training goes on while weights and activations are rounded."),
    Word("PTQ", "post-training quantisation", "Weights and activations are rounded after training."),
    # language models
    Word("SCU", "safety-critical unit", "A unit whose safety score most exceeds its utility score; ESU in the paper's first version."),
    Word("UCU", "utility-critical unit", "A unit whose utility score most exceeds its safety score; EUU in the paper's first version."),
    Word("CU", "complex unit", "A unit that matters to both safety and utility."),
    Word("RU", "redundant unit", "A unit that matters to neither."),
    Word("ESU", "exclusive safety unit", "What the first version of the paper calls a safety-critical unit."),
    Word("EUU", "exclusive utility unit", "What the first version of the paper calls a utility-critical unit."),
    Word("MLP", "multilayer perceptron", "Fully connected layers; in a transformer the part beside attention."),
    Word("LoRA", "low-rank adaptation", "Tunes a model by small matrices beside its weights."),
    Word("FLAP", "fluctuation-based adaptive structured pruning", "Prunes what varies least."),
    Word("CROW", "consistency between layers, held by a regulariser", "A defence against backdoors (2024)."),
    Word("VPI", "virtual prompt injection", "A backdoor whose trigger is a topic or a prefix."),
    Word("MTBA", "multi-trigger backdoor attack", "Any one of several words is the trigger."),
    Word("CTBA", "composite-trigger backdoor attack", "Several words together are the trigger."),
    # costs
    Word("RESQUE", "an index of what retraining will cost", "How far class means turn, or how badly old features divide new classes."),
    Word("ARM", "how far activations move, averaged over layers", "An index of what retraining will cost (arXiv 2405.09600)."),
    Word("PreIndex", "an index of what retraining will cost, before it", "Representation distance and fit of clusters (arXiv 2408.01446)."),
    Word("LEEP", "log expected empirical prediction", "How well the old classifier's answers predict new labels (Nguyen et al. 2020)."),
    Word("LogME", "logarithm of maximum evidence", "How well a linear model of the old features explains new labels (You et al. 2021)."),
    Word("k-NN", "k nearest neighbours", "Names the class that most of the nearest samples have."),
    Word("KD", "knowledge distillation", "A small network learns the answers of a large one."),
    Word("ReffAKD", "resource-efficient autoencoder-based distillation", "Soft labels from an autoencoder instead of a teacher."),
    # calibration
    Word("TENT", "test-time entropy minimisation", "Adapts scales and shifts of the norms until answers are sure (Wang et al. 2021)."),
    Word("BN", "batch normalisation", "Normalises features by the mean and spread of a batch."),
    Word("BatchNorm", "batch normalisation", "Normalises features by the mean and spread of a batch."),
    Word("GroupNorm", "group normalisation", "Normalises groups of one sample's channels."),
    Word("ETA", "TENT on reliable, non-redundant images", "Niu et al. 2022."),
    Word("EATA", "ETA with a pull towards the source", "Niu et al. 2022."),
    Word("T3A", "test-time template adjuster", "Replaces the head by mean features of the surest images (Iwasawa and Matsuo 2021)."),
    Word("COME", "conservatively minimises entropy", "Lowers the entropy of an opinion whose length is held (Zhang et al. 2025)."),
    Word("SHOT", "source hypothesis transfer", "Keeps the head and moves the features (Liang et al. 2020)."),
    Word("MC dropout", "Monte Carlo dropout", "The mean over random dropout masks (Gal and Ghahramani 2016)."),
    Word("GCE", "generalised cross-entropy", "A loss between cross-entropy and absolute error, robust to wrong labels."),
    Word("CNN", "convolutional neural network", "Small filters move over the image; the usual network for pictures."),
    # words without capitals that a search should find
    Word("member", "an image that the network was trained on"), Word("stranger", "an image that it was not trained on"),
    Word("perplexity", "how surprised a language model is by a text", "Lower is better; 1 is certainty."),
    Word("pruning", "removing weights, units or training images"), Word("logit", "a network's raw score of a class, before probabilities"),
    Word("calibration", "whether it is as sure as it is right"), Word("seed", "the number that fixes all random draws of a run"),
    Word("control", "the same measurement with the claimed cause removed"), Word("epoch", "one pass over the training data"))
EVERYDAY = tuple(Word(short, long, everyday=True) for short, long in (
    ("KB", "kilobytes"), ("MB", "megabytes"), ("GB", "gigabytes"), ("CPU", "central processor"), ("GPU", "graphics processor"),
    ("CUDA", "the software of NVIDIA's graphics processors"), ("ONNX", "open neural network exchange, a file of a network"),
    ("CSV", "comma-separated values"), ("NPZ", "NumPy's file of arrays"), ("HTML", "a web page"), ("PDF", "a printable document"),
    ("JSON", "a text file of values"), ("SVG", "a drawing that scales"), ("ZIP", "a compressed folder"), ("URL", "an address of the web"),
    ("QR", "a code that a camera reads"), ("ID", "identifier"), ("SHA", "secure hash algorithm"), ("NaN", "not a number"),
    ("RGB", "red, green and blue"), ("CO₂e", "carbon dioxide and what warms like it"), ("EU", "European Union"),
    ("AI", "artificial intelligence"), ("NIST", "the standards institute of the United States"), ("RMF", "risk management framework"),
    ("EDPB", "European Data Protection Board"), ("ISO", "International Organization for Standardization"),
    ("IEC", "International Electrotechnical Commission")))
ALL = ENTRIES + EVERYDAY
BY_SHORT = {word.short: word for word in ALL}
NAMES = frozenset(re.findall(r"\S+", """
    LayerNorm LayerNorms RMSNorm MNIST SVHN CIFAR ImageNet AdvBench WikiText SmolLM SmolLM2 MiniLM BERT DistilBERT RoBERTa GPT LLaMA ResNet
    LeNet VGG ViT BranchyNet BackdoorLLM BadNets HotFlip BlockMNIST BANG PACS UTK XNOR AdaQuant RelaxLoss MemGuard MixupMMD InfoMax
    DynamicEntropyControl AdamW NumPy OpenAI NVIDIA AMD EPYC ICLR ICML NeurIPS CVPR TMLR AAAI NDSS USENIX CCS CODASPY UAI AIES CSF IEEE MIT
    BSD CC BY SA UCI GGUF TorchScript ReLU LeCun MEASURE II III IV DEU USA PATH COLUMN FOLDER NAME NUMBER"""))
"""Names of data sets, models, papers' venues and the like: they are names, and have no letters to spell out."""
CAPITALS = re.compile(r"(?<![\w/.-])(?:[A-Z][A-Za-z]*[A-Z][A-Za-z]*|[A-Z]\d[A-Z])(?![\w/])")


@lru_cache(maxsize=1)
def _any() -> re.Pattern[str]:
    shorts = sorted((word.short for word in ALL if word.short != word.short.lower() or "-" in word.short), key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, shorts))})(?=s?(?![A-Za-z]))")


def found_in(texts: Iterable[object]) -> list[Word]:
    """Return the entries of the abbreviations that stand in texts, each once, in the order of their first appearance."""
    return [BY_SHORT[short] for short in dict.fromkeys(short for text in texts for short in _any().findall(str(text)))]


def spelled_out(*texts: object) -> str:
    """Return every abbreviation in texts with what it stands for, such as ``AUC: area under the ROC curve. LN: LayerNorm.``."""
    return " ".join(f"{word.short}: {word.long}." for word in found_in(texts) if not word.everyday and word.long not in str(texts))


def unknown(text: str) -> set[str]:
    """Return what looks like an abbreviation in a text and is neither an entry nor a name."""
    rest = _any().sub(" ", text)
    return {one for one in CAPITALS.findall(rest) if one.rstrip("s") not in NAMES and one not in NAMES}
