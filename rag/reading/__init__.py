"""From a path to passages: load, decode, clean, articles, outline, provenance, split."""
