"""What stands in each table of a result. ``placement`` is "post" or "pre", ``variant`` an id of ``plan.VARIANTS``. Imports no torch.

Shares and accuracies are fractions in [0, 1]; NaN stands for what was not measured or never reached.
"""

EPOCHS = (
    "One row per placement, variant and evaluated epoch: epoch, train_accuracy (labels given), clean_accuracy (rightly labelled "
    "training samples), memorised, recovered, random (of the wrongly labelled; they sum to 1), test_accuracy, overfit_gap "
    "(train_accuracy minus test_accuracy), train_loss, test_loss (mean cross-entropy; training against the labels given), "
    "valid_accuracy (on held-out samples, of which as many have a wrong label).")
MATCHED = (
    "One row per placement, variant and level of clean_accuracy (0.90, 0.95, 0.99): level, epoch at which it is first reached "
    "(interpolated between evaluations), memorised, recovered, random, test_accuracy at that moment; NaN where never reached.")
VARIANT_ROWS = (
    "One row per placement and variant, after the last epoch: title, kind, n_changed (scales and biases set and frozen), "
    "displacement (root mean square of their change), memorised, recovered, random, train_accuracy, clean_accuracy, test_accuracy, "
    "overfit_gap, best_epoch, best_test, best_memorised, best_recovered (early stopping at the best valid_accuracy), "
    "epoch_half and epoch_most (first epoch, interpolated, with 50% and 95% memorised), seconds.")
NORMS = (
    "One row per placement, stage (pretrained, tuned: the intact model after fine-tuning) and norm: norm (name of the module), "
    "layer (from 1; 0 embedding, n + 1 final), place (1 attention, 2 feed-forward, 0 other), group (early, middle, later, other), "
    "scale_mean, scale_rms (root mean square of scale minus 1), bias_rms (NaN where a norm has no bias), n_parameters.")
GRADIENTS = (
    "One row per placement, variant (intact, all), measured epoch, norm and kind of samples: epoch, layer (from 1), place (1, 2), "
    "samples (test, noisy: against the wrong labels, clean: rightly labelled training samples), gradient (mean over samples of the "
    "Euclidean norm of the loss gradient at the norm's input, all tokens together), residual (mean norm of probabilities minus "
    "one-hot label), n, bound (mean of the theoretical upper bound without the head's factor, NaN where not computed).")
DAMAGE = (
    "One row per placement and intervention on the pretrained model, before any fine-tuning: intervention (intact, all, scale, bias, "
    "early, middle, later, shuffled: values exchanged between features, elsewhere, elsewhere_early, elsewhere_middle, "
    "elsewhere_later: equal displacements of biases of linear layers, folded: folded into the next linear layers, then stripped), "
    "title, n_changed, displacement (root mean square), accuracy, n (test samples), head (pretrained, or probe: a linear readout "
    "fitted to the features).")
GAUGE = (
    "One row per placement and strength: strength (spread of the logarithm of the scales), accuracy_before, accuracy_after (stripped), "
    "logit_difference (largest change of a logit by re-scaling, as a share of the logits' spread), n. Pre-LN only.")
SAMPLES = (
    "One row per wrongly labelled sample shown, at most 24: sample (row of the training set), y_true, y_noisy, text (empty for images).")
PREDICTIONS = (
    "One row per placement, variant, evaluated epoch and shown sample: epoch (0: before fine-tuning is left out), sample, "
    "y_pred, p_true, p_noisy (probabilities of the true and of the wrong label).")
PRETRAINING = (
    "One row per placement and epoch of pretraining: epoch, train_loss, train_accuracy, test_accuracy (NaN where not measured). "
    "Empty for downloaded checkpoints.")
MODELS = (
    "One row per placement: model (its name), title, norm (LayerNorm or RMSNorm), n_layers, width, n_norms (stripped ones), "
    "n_norm_parameters, n_parameters, start (pretrained here, downloaded), accuracy (test accuracy before fine-tuning, own head or "
    "probe), fold_difference, licence (of a downloaded model, empty otherwise).")
CLASSES = "One row per class: y, name."
