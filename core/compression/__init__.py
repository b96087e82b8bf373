"""Who pays when a network is quantised or pruned: groups, the chain of causes, repairs."""
