"""Backdoors in language models: planted, looked for without knowing them, cut out, and judged by what the model says afterwards."""
