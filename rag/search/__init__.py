"""Find passages: sparse and dense indexes, their fusion, and the snapshots they live in."""
