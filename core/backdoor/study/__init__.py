"""The study: one backdoor planted, located, cut out by a signature and by its rivals, and looked for beforehand."""
