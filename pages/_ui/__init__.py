"""What every room shares on screen: shell, set-up bar, run panel, cards, figures, provenance. Nothing here knows a concern."""
