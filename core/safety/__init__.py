"""Safety units: where a language model keeps its refusals."""
