"""Build snapshots: find files, read and encode them in parallel, keep what was read, assemble, publish."""
