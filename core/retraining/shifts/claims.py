"""What papers claim of the indices, and what the house asks of them. No published coefficient could be read: none is printed."""

from core.lab.claims import Claim

RESQUE, PREINDEX, ARM = "RESQUE, arXiv 2412.15511, abstract", "PreIndex, arXiv 2408.01446, abstract", "ARM, arXiv 2405.09600, abstract"
DATE = "2026-11-29"
UNREAD = "strong correlation; no coefficient could be read"
STRONG, STRONG_WHY = 0.7, "a rank correlation of 0.7 is what is commonly called strong"

CLAIMS = (
    Claim(
        id="rises", kind="paper", statement="The index rises with the intensity of each kind of shift", source=RESQUE,
        effect="monotone_resque", effect_words="neighbouring levels where RESQUE rises", control="monotone_permuted",
        control_words="levels in random order", expected="above", margin=0.4, unit="%", margin_date=DATE, published="not available",
        margin_reason="nine in ten against the five in ten of chance", resolution=1 / 21),
    Claim(
        id="ranks", kind="paper", statement="The index ranks what retraining costs", source=RESQUE, effect="rank_resque",
        effect_words="rank correlation of RESQUE with images to target", control="rank_permuted",
        control_words="RESQUE of other shifts, dealt out at random", expected="above", margin=STRONG, margin_reason=STRONG_WHY,
        margin_date=DATE, published=UNREAD, note="Two plain models, ten shifts each; retrainings that never got there share the last rank"),
    Claim(
        id="beats-raw", kind="question", statement="RESQUE ranks cost better than raw accuracy does", source="A question of the house",
        effect="rank_resque", effect_words="rank correlation of RESQUE", control="rank_raw", control_words="1 - raw accuracy",
        expected="above", margin_date=DATE, note="Both need labels of the new data"),
    Claim(
        id="adds", kind="question", statement="RESQUE adds to what raw accuracy tells", source="A question of the house",
        effect="partial_resque", effect_words="partial rank correlation, raw error fixed", control_words="nothing added",
        expected="above", margin_date=DATE),
    Claim(
        id="adds-more-than-confidence", kind="question", statement="RESQUE adds more than mean confidence, which needs no labels",
        source="A question of the house", effect="partial_resque", effect_words="partial of RESQUE", control="partial_confidence",
        control_words="partial of 1 - mean confidence", expected="above", margin_date=DATE),
    Claim(
        id="adds-more-than-norms", kind="question", statement="RESQUE adds more than accuracy after BatchNorm re-estimation",
        source="A question of the house", effect="partial_resque", effect_words="partial of RESQUE", control="partial_norms",
        control_words="partial of the error after re-estimation", expected="above", margin_date=DATE),
    Claim(
        id="energy", kind="paper", statement="The index follows energy and carbon as it follows training", source=RESQUE,
        effect="rank_seconds", effect_words="rank correlation with CPU seconds", control="rank_resque",
        control_words="with images", expected="within", margin=0.1, margin_reason="a tenth of a rank correlation is not worth telling",
        margin_date=DATE, published="strong correlation",
        note="Energy and CO₂e are here a constant times CPU seconds, so this is one finding counted twice, no second confirmation"),
    Claim(
        id="change", kind="paper", statement="The index ranks how far the weights move", source=RESQUE, effect="rank_change",
        effect_words="rank correlation with change of weights", control="rank_permuted", control_words="shifts dealt out at random",
        expected="above", margin=STRONG, margin_reason=STRONG_WHY, margin_date=DATE, published=UNREAD),
    Claim(
        id="epochs", kind="question", statement="Whole epochs, as papers count, hide what an index tells",
        source="A question of the house", effect="rank_epochs", effect_words="rank correlation with whole epochs", control="rank_resque",
        control_words="with images", expected="below", margin_date=DATE),
    Claim(
        id="arm", kind="paper", statement="ARM ranks what retraining costs", source=ARM, effect="rank_arm",
        effect_words="rank correlation of ARM as released", control="rank_permuted", control_words="shifts dealt out at random",
        expected="above", margin=STRONG, margin_reason=STRONG_WHY, margin_date=DATE, published=UNREAD),
    Claim(
        id="preindex", kind="paper", statement="PreIndex ranks what retraining costs from one forward pass", source=PREINDEX,
        effect="rank_preindex", effect_words="rank correlation of PreIndex", control="rank_permuted",
        control_words="shifts dealt out at random", expected="above", margin=STRONG, margin_reason=STRONG_WHY, margin_date=DATE,
        published=UNREAD, note="Reconstructed: the released code stops at the parts, and its two scaling terms are not defined"),
    Claim(
        id="models", kind="question", statement="RESQUE names the model that is cheapest to reuse more often than raw accuracy",
        source="A question of the house", effect="right_resque", effect_words="right model by RESQUE", control="right_raw",
        control_words="right model by raw accuracy", expected="above", unit="%", margin_date=DATE, resolution=1 / 8),
    Claim(
        id="models-arm", kind="paper", statement="ARM names the model that is cheapest to reuse", source=ARM, effect="right_arm",
        effect_words="right model by ARM", control="right_random", control_words="a random pick", expected="above", margin=0.2, unit="%",
        margin_reason="a fifth of the cases more than chance is worth following", margin_date=DATE, published="not available",
        resolution=1 / 8, note="Three models, one of them trained with noise: an easy choice under noise"),
    Claim(
        id="floor", kind="self-check", statement="The mildest shift moves RESQUE more than sampling does", source="Self-check",
        effect="resque_mildest", effect_words="smallest RESQUE of any shift", control="resque_clean",
        control_words="RESQUE between two clean samples", expected="above", margin_date=DATE),
)
