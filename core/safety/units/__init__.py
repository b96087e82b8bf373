"""The study: which units of a language model make it refuse."""
