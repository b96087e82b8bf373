"""Can an attacker tell who was in the training set: every attack against every model."""
