"""Where the snapshots of the settings are kept."""

from __future__ import annotations

from pathlib import Path

from rag.search.archive import Archive
from rag.search.shelf import Shelf
from rag.settings import Settings


def open_archive(settings: Settings) -> Archive:
    """Return the archive that the settings name, and no other when that one cannot be used.

    Raises:
        SettingsError: the packages of the store are not installed.
        StoreUnreachable: the server of the store does not answer.
    """
    if settings.store == "folder":
        return Shelf(settings.index)
    from rag.search.milvus.generations import Generations
    from rag.search.milvus.server import Address

    address = Address(settings.milvus_uri, settings.milvus_token, settings.milvus_database, settings.milvus_replicas)
    return Generations(settings.index, address)


def as_archive(index: Path | str | Archive) -> Archive:
    """Return the archive in a folder, or the one that is given."""
    return Shelf(Path(index)) if isinstance(index, Path | str) else index
