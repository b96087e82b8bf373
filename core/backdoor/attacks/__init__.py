"""Every trigger, behaviour and attacker: whether the cut holds, and whether one can tell."""
