"""How each lens measures: a call of the room's own functions, and a sentence."""
