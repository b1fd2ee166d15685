"""The recipe of the built-in encoder: `python -m embeddings.train` makes it anew from the training data."""
