"""What stands in each table of a result. Imports no torch.

Shares, refusals and accuracies are fractions in [0, 1]; NaN stands for what was not measured. ``group`` is SCU, UCU, CU, RU or random;
``state`` an id of the states of a model: base, aligned, unaligned, attacked, scu, ucu, ru, random (aligned without those units).
Refusals: ``prefix`` the generated answer begins with a refusal, ``phrase`` a refusal stands anywhere in it, ``first_token`` the mean
probability that the first token opens a refusal. ``false_...`` are the same for ordinary requests.
"""

STATES = (
    "One row per state of the model: state, title, prefix, phrase, first_token, false_prefix, false_phrase, false_first_token, perplexity "
    "(of held-out ordinary responses), accuracy (mini-evaluation), complied (requests to be refused answered as asked, where known), "
    "n_prompts (of each kind), n_questions.")
UNITS = (
    "One row per unit, in the flat order of the units: safety and utility (raw scores, float32, kept to about three digits), category "
    "(0 SCU, 1 UCU, 2 CU, 3 RU). Layer, kind and channel follow from the row of ``model``.")
MODEL = (
    "One row: name, title, n_layers, width, heads, key_heads, head_size, neurons, n_units, n_parameters, is_downloaded, licence.")
LAYERS = (
    "One row per layer, kind (attention, mlp), category: layer (from 1), kind, category, n_units, safety (mean normalised safety score), "
    "utility (mean normalised utility score).")
REMOVAL = (
    "One row per group, share of units removed and random draw: group, share, n_units, parameter_share, draw (0; random ones from 0), "
    "prefix, phrase, first_token, false_prefix, false_phrase, false_first_token, perplexity, accuracy, complied. The first row is the "
    "aligned model with nothing removed: group none, share 0.")
SCALES = (
    "One row per way to normalise scores: normalisation (z, raw, share, rank), share, n_mlp (SCU that are MLP units), layers (blocks that "
    "hold SCU), top_layer_share (share of the SCU in the fullest block), prefix, phrase, false_prefix, perplexity, accuracy.")
STABILITY = (
    "One row per category and pair of calibration resamples: category, first, second, overlap (Jaccard: units in both over units in "
    "either), by_chance (Jaccard expected of random sets of that size), n_units.")
ANSWERS = (
    "One row per shown prompt and state: state, prompt, topic, is_harmful (a request to be refused), answer (text of the model), prefix, "
    "phrase, first_token. Exports leave out the answers to harmful prompts that are no refusals.")
ATTACKS = (
    "One row per arm and evaluated point of the attack: arm (plain, scu_top_cu, random_top_cu, random_top_cu_2, scu_all_cu, random_all_cu, "
    "lora, mixture: plain steps on the alignment mixture), title, point (start, equal_steps, equal_loss), steps, train_loss (on the "
    "first pairs that plain fine-tuning trains on), n_frozen (units), frozen_share, reached (whether the plain arm's loss was), prefix, "
    "phrase, first_token, false_prefix, perplexity, accuracy; of pretrained models only prefix where losses differ.")
ATTACK_CURVES = "One row per arm and evaluated step: arm, step, train_loss, prefix (on a part of the prompts)."
BUDGET = (
    "One row per arm and evaluated point, alignment by few units: arm (full: the aligned twin, ru, random), title, share, n_units, "
    "parameter_share, point (equal_steps, equal_loss), steps, train_loss, reached (whether full alignment's loss was), prefix, phrase, "
    "first_token, false_prefix, perplexity, accuracy; the row start is the base model.")
TRANSFER = (
    "One row per event, category before and category after: event (alignment: base to aligned; attack: aligned to attacked; resample: "
    "aligned by another calibration set), before, after, n_units, share (of all units). Computed from the sets.")
PROBE = (
    "One row per twin (aligned, unaligned), prompts (harmful, harmless: content baseline), opening (refusal: called benign; compliance: "
    "called malicious), k (tokens of the opening) and block (from 1): distance (mean 1 - cosine of the last position's hidden state to "
    "that of the prompt alone), sd (over prompts), n.")
DECODED = (
    "One row per decoded unit: unit (flat number), layer (from 1), kind, channel, category, safety, utility (normalised), tokens (the "
    "eight tokens it writes most towards, by the output head, separated by a line feed), opposed (the eight it writes most against), "
    "refusal (how far it writes towards first words of refusals, in standard deviations over all tokens).")
TRAINING = "One row per stage (pretraining, aligned, unaligned) and logged step: stage, step, loss."
PROMPTS = "One row per part of the prompts and topic: part (alignment, calibration, evaluation), kind (refused, ordinary), topic, n."
