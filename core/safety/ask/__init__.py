"""One question to a model before and after some of its units are taken out."""
