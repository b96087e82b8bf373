"""Causal language models of LLaMA shape: codecs, units, one tuning loop, answers, utility.

``units``, ``choice``, ``judges``, ``word_codec`` and the words and facts of the topic model import no torch.
"""
