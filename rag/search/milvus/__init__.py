"""Snapshots kept by a Milvus server, for many readers and for more than one machine holds."""
