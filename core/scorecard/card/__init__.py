"""The experiment: what is asked, what comes back, how it is computed and told."""
