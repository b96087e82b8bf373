"""One cut of a poisoned model, and one prompt asked before and after it, with and without the trigger."""
