"""Does the model lean on a cue that will not hold: marks, difficulty, prunings, rivals, evidence."""
