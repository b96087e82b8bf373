"""What the looks are called, and above which score each raises an alarm. Imports no torch."""

from types import MappingProxyType

LOOKS = MappingProxyType({
    "search": "Trigger search", "apart": "Standing apart", "recurrence": "Recurring signature", "outliers": "Weight outliers"})
LIMITS = MappingProxyType({"search": 0.8, "apart": 6.2, "recurrence": 0.185, "outliers": 3.95})
"""Just above the highest of eight clean topic models of seed 1, before any of seed 100 or later was looked at: were models drawn alike, one
clean model in nine would lie higher. The first limit of the search, half of the prompts, was below two of those eight."""
