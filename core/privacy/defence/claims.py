"""What every paper on a defence claims, each statement with its control. Imports no torch."""

from core.lab.claims import PAIRED, Claim, after_looking

SINCE = "2026-11-20"
CLAIMS = after_looking(
    Claim(
        id="less-leakage", kind="paper", statement="The defence leaks less than stopping early at the same accuracy",
        source="Every paper on such a defence claims a better trade than the obvious one; the rival is ours",
        effect="auc", effect_words="attack AUC, defended", control="auc_stopped", control_words="stopped early, equal test accuracy",
        expected="below", margin=0.01, margin_reason="less is no reason to train differently", margin_date=SINCE,
        changes=(PAIRED, ("2026-11-29", "The control is stopping early at equal accuracy; it was shuffled membership"))),
    Claim(
        id="than-plain", kind="paper", statement="The defence lowers what an adaptive attacker finds",
        source="What every paper on such a defence claims of it", effect="auc", effect_words="attack AUC, defended",
        control="auc_plain", control_words="the plain models", expected="below", margin=0.01,
        margin_reason="less is no reason to train differently", margin_date=SINCE, changes=(PAIRED,)),
)
