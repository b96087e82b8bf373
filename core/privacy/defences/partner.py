"""The loss with which a trained model is repaired: rewinding and region-wise protection take any of these."""

from core.privacy.defences.ccl import convex_concave
from core.privacy.defences.record import DefenceJob
from core.privacy.defences.relaxloss import relaxed_loss
from core.training.losses import Loss


def partner_loss(job: DefenceJob) -> tuple[Loss | None, dict[str, float | str]]:
    """Return the fine-tuning loss (None for cross-entropy) and what decides it beside the strength.

    The strength is the level of RelaxLoss or the concave share of CCL; cross-entropy has none.
    """
    config = job.config
    if config.partner == "cross_entropy":
        return None, {"partner": config.partner}
    if config.partner == "ccl":
        options = {"partner": config.partner, "form": config.ccl_form, "scale": config.ccl_scale}
        return convex_concave(job.strength, form=config.ccl_form, scale=config.ccl_scale), options
    options = {"partner": config.partner, "form": config.relax_form, "cap": config.relax_cap}
    return relaxed_loss(job.strength, form=config.relax_form, cap=config.relax_cap), options
