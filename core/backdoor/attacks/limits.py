"""What the looks are called, and above which score each raises an alarm. Imports no torch."""

from types import MappingProxyType

LOOKS = MappingProxyType({
    "search": "Trigger search", "apart": "Standing apart", "recurrence": "Recurring signature", "outliers": "Weight outliers"})
LIMITS = MappingProxyType({"search": 0.5, "apart": 10.0, "recurrence": 0.2, "outliers": 4.5})
"""Set on clean models of seeds below 100."""
