"""Everything that can go wrong, as one tree.

    KaojuError
    ├── UsageError           the caller asked for something that makes no sense          exit 2
    ├── SettingsError        a setting has a value that cannot be used                   exit 2
    ├── ReadingError         one file could not be read; it is set aside with a remedy   exit 3
    ├── StoreError           the index could not be used                                 exit 1
    │   ├── IndexMissing     there is no index at that place                             exit 1
    │   ├── IndexDamaged     a file of a snapshot is missing, changed or foreign         exit 1
    │   ├── IndexMismatch    made by another format, encoder or tokenizer                exit 1
    │   ├── IndexBusy        another writer is at work                                   exit 1
    │   └── StoreUnreachable the server that keeps the index does not answer             exit 1
    └── GeneratorError       the language model could not be used

Each message says what, where and what to do next.
"""

from __future__ import annotations


class KaojuError(Exception):
    """The root of all errors of this program; `exit_code` is what the command returns for it."""

    exit_code = 1


class UsageError(KaojuError):
    """The caller asked for something that makes no sense."""

    exit_code = 2


class SettingsError(KaojuError):
    """A setting has a value that cannot be used."""

    exit_code = 2


class ReadingError(KaojuError):
    """One file could not be read; it is set aside and the rest goes on."""

    exit_code = 3

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason = reason
        self.remedy = remedy


class StoreError(KaojuError):
    """The index could not be used."""


class IndexMissing(StoreError):
    """There is no index at that place."""


class IndexDamaged(StoreError):
    """A file of a snapshot is missing, changed or foreign."""


class IndexMismatch(StoreError):
    """The index was made by another format, encoder or tokenizer."""


class IndexBusy(StoreError):
    """Another writer is at work on this index."""


class StoreUnreachable(StoreError):
    """The server that keeps the index does not answer."""

    def __init__(self, uri: str, reason: str) -> None:
        super().__init__(f"the Milvus server at {uri} cannot be reached ({reason}); start it, or correct milvus_uri")


class GeneratorError(KaojuError):
    """The language model could not be used."""
