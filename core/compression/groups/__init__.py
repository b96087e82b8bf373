"""Who pays when a network is made smaller: the study of every setting."""
