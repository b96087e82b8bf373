"""What no scorecard looks at. Imports nothing."""

NOT_LOOKED_AT: tuple[tuple[str, str], ...] = (
    ("Rights and consent", "whether the data may be used for this, and whether people agreed"),
    ("Fitness for the purpose", "whether a model should decide this at all, and what happens to those it decides about"),
    ("Other cues and groups", "only the groups and the mark named in the rows were tried"),
    ("Other attackers", "extraction, inversion, evasion, and an attacker who saw this report"),
    ("After release", "monitoring, complaints, drift that comes later, repeated questions"),
    ("Security of the system", "who may ask it, what is logged, where it runs"),
)
