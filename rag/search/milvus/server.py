"""A Milvus server and the collections in it; the one door to pymilvus."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamaged, SettingsError, StoreError, StoreUnreachable

T = TypeVar("T")
Row = Mapping[str, Any]
Vector = NDArray[np.float32] | Mapping[int, float]

MAX_HITS = 16_384  # of one search, which is what a server allows
MAX_BYTES = 65_535  # of a VARCHAR, counted in UTF-8 by the server and in characters by Milvus Lite
_READ_SECONDS = 10.0
_WRITE_SECONDS = 120.0  # a server that restarts is waited for so long
_SEAL_SECONDS = 7_200.0  # building the indexes of a hundred million passages
_BLINK_SECONDS = 1.0  # and a read is tried again, since a connection that was cut is mended in less
_PAUSE = 0.5
_NO_COLLECTION, _NOT_LOADED, _NO_ALIAS = 100, 101, 1600  # codes of Milvus
_UNREACHABLE = 2
_GRAPH = {"M": 16, "efConstruction": 200}
_SEEN_A_HIT = 2  # nodes of the graph looked at for each hit that is asked for
_STRONG = "Strong"
_CHANNEL = {
    # what the connections of a process share by default is, after a failure, a pause of up to two minutes
    "grpc.use_local_subchannel_pool": 1,
    # a server may hang up on who knocks more often than every five minutes with nothing to ask
    "grpc.keepalive_time_ms": 300_000,
    "grpc.keepalive_permit_without_calls": 0,
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and how many replicas it holds of what it serves."""

    uri: str
    token: str = ""
    database: str = "default"
    replicas: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of a collection: texts and integers, of which `key` identifies a row, and vectors.

    `dimension` is that of the vector `dense`, 0 where there is none.
    """

    key: str
    texts: tuple[str, ...] = ()
    integers: tuple[str, ...] = ()
    dimension: int = 0
    sparse: bool = False


class Server:
    """A connection, for any number of threads.

    Raises:
        SettingsError: the packages are not installed.
        StoreUnreachable: the server does not answer; so does every method.
    """

    def __init__(self, address: Address) -> None:
        try:
            import pymilvus
        except ImportError as error:
            raise SettingsError(
                "the store 'milvus' needs packages that are not installed; run `pip install 'kaoju[cluster]'`"
            ) from error
        # it logs what fails before it raises it
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        self.address = address
        self._types = pymilvus.DataType
        self._client = self._connect()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what pymilvus raises into errors of this program."""
        import grpc
        from pymilvus import MilvusException

        uri = self.address.uri
        try:
            yield
        except MilvusException as error:
            if error.code == _UNREACHABLE:
                raise StoreUnreachable(uri, error.message) from error
            if error.code in (_NO_COLLECTION, _NO_ALIAS):
                raise IndexDamaged(f"{error.message}; run `kaoju rollback` or `kaoju rebuild`") from error
            raise StoreError(f"the Milvus server at {uri} refused: {error.message}") from error
        except grpc.RpcError as error:
            raise StoreUnreachable(uri, str(error)) from error

    def _connect(self) -> Any:
        with self._told():
            from pymilvus import MilvusClient

            where = self.address
            options = {"db_name": where.database, "timeout": _READ_SECONDS, "grpc_options": _CHANNEL}
            return MilvusClient(where.uri, token=where.token, **options)

    def names(self) -> list[str]:
        """Return the names of all collections."""
        with self._told():
            return sorted(self._client.list_collections(timeout=_READ_SECONDS))

    def target(self, alias: str) -> str:
        """Return the collection that an alias names; empty when there is no such alias."""
        try:
            return _patiently(lambda: self._target(alias), _BLINK_SECONDS)
        except IndexDamaged:
            return ""

    def _target(self, alias: str) -> str:
        with self._told():
            return str(self._client.describe_alias(alias, timeout=_READ_SECONDS)["collection_name"])

    def point(self, alias: str, name: str) -> None:
        """Let an alias name another collection, in one step."""
        with self._told():
            act = self._client.alter_alias if self.target(alias) else self._client.create_alias
            act(name, alias, timeout=_READ_SECONDS)

    def create(self, name: str, layout: Layout) -> None:
        """Make an empty collection."""
        with self._told():
            types = self._types
            schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
            for text in layout.texts:
                schema.add_field(text, types.VARCHAR, max_length=MAX_BYTES, is_primary=text == layout.key)
            for integer in layout.integers:
                schema.add_field(integer, types.INT64, is_primary=integer == layout.key)
            if layout.dimension:
                schema.add_field("dense", types.FLOAT_VECTOR, dim=layout.dimension)
            if layout.sparse:
                schema.add_field("sparse", types.SPARSE_FLOAT_VECTOR)
            # one shard: more would let more than one node take in what is written, and this is written once
            self._client.create_collection(name, schema=schema, num_shards=1, timeout=_READ_SECONDS)

    def add(self, name: str, rows: Sequence[Row]) -> None:
        """Write rows; one whose key is there replaces it. A server that restarts meanwhile is waited for."""
        _patiently(lambda: self._add(name, rows), _WRITE_SECONDS)

    def _add(self, name: str, rows: Sequence[Row]) -> None:
        with self._told():
            self._client.upsert(name, list(rows), timeout=_WRITE_SECONDS)

    def seal(self, name: str, layout: Layout, *, exact: bool) -> None:
        """Index what was written, and load it; `exact` compares every dense vector."""
        with self._told():
            self._client.flush(name, timeout=_SEAL_SECONDS)
            index = self._client.prepare_index_params()
            if layout.dimension:
                kind = {"index_type": "FLAT"} if exact else {"index_type": "HNSW", "params": _GRAPH}
                index.add_index("dense", metric_type="IP", **kind)
            if layout.sparse:
                index.add_index("sparse", metric_type="IP", index_type="SPARSE_INVERTED_INDEX")
            self._client.create_index(name, index, timeout=_SEAL_SECONDS)
            self.load(name)

    def load(self, name: str) -> None:
        """Have a collection served."""
        with self._told():
            self._client.load_collection(name, replica_number=self.address.replicas, timeout=_SEAL_SECONDS)

    def rename(self, name: str, new: str) -> None:
        """Give a collection another name, in one step."""
        with self._told():
            self._client.rename_collection(name, new, timeout=_READ_SECONDS)

    def drop(self, name: str) -> None:
        """Remove a collection."""
        with self._told():
            self._client.drop_collection(name, timeout=_WRITE_SECONDS)

    def count(self, name: str) -> int:
        """Return the number of rows, with all that was written."""
        found = self._loaded(name, lambda: self._query(name, "", ["count(*)"], consistency_level=_STRONG))
        return int(found[0]["count(*)"])

    def fetch(self, name: str, where: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        """Return fields of the rows that an expression lets through."""
        return self._loaded(name, lambda: self._query(name, where, fields))

    def search(self, name: str, field: str, vector: Vector, limit: int, where: str = "") -> list[tuple[Any, float]]:
        """Return (key, inner product) of the rows nearest to a dense or sparse vector, best first."""
        return self._loaded(name, lambda: self._search(name, field, vector, limit, where))

    def _loaded(self, name: str, read: Callable[[], T]) -> T:
        """Read, and once more if the server had to be told to load: it forgets that when it is restarted."""
        from pymilvus import MilvusException

        try:
            return _patiently(read, _BLINK_SECONDS)
        except StoreError as error:
            cause = error.__cause__
            if not isinstance(cause, MilvusException) or cause.code != _NOT_LOADED:
                raise
            self.load(name)
            return read()

    def _query(self, name: str, where: str, fields: Sequence[str], **options: str) -> list[dict[str, Any]]:
        with self._told():
            return list(self._client.query(name, where, output_fields=list(fields), timeout=_READ_SECONDS, **options))

    def _search(self, name: str, field: str, vector: Vector, limit: int, where: str) -> list[tuple[Any, float]]:
        with self._told():
            parameters = {"metric_type": "IP", "params": {"ef": _SEEN_A_HIT * limit} if field == "dense" else {}}
            found = self._client.search(
                name,
                [vector],
                filter=where,
                limit=limit,
                anns_field=field,
                output_fields=[],
                search_params=parameters,
                timeout=_READ_SECONDS,
            )
            return [(hit.id, hit.distance) for hit in found[0]]


def _patiently(act: Callable[[], T], seconds: float) -> T:
    """Do what may be done twice, again and again for so long while the server does not answer."""
    end = time.monotonic() + seconds
    while True:
        try:
            return act()
        except StoreUnreachable:
            if time.monotonic() > end:
                raise
        time.sleep(_PAUSE)
