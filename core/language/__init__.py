"""Causal language models of LLaMA shape: codecs, units, one tuning loop, answers, utility. Only ``units`` imports no torch."""
