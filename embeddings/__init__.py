"""Text to vectors: terms, encoders, the catalogue, the cache; knows no document."""
