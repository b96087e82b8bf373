"""The study: several methods on the same streams, judged by the same measures."""
