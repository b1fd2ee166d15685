"""A child program that asks a library on Milvus until its standard input ends, and counts what went wrong.

    python -m tests.support.reading INDEX URI DATABASE

Every document of a generation says the same version: hits and texts of one request that do not are a mix. A request
that fails is tried once more. Prints [requests, mixed, failed, versions seen] as JSON.
"""

import json
import re
import sys
import threading
from pathlib import Path

from rag.errors import KaojuError
from rag.library import Library
from rag.search.milvus.generations import Generations
from rag.search.milvus.server import Address
from tests.support.corpus import HashedEncoder

QUERY = "水库每日巡查"


def versions(library: Library) -> set[str]:
    """Return all versions that one request meets."""
    with library.reader() as reader:
        hits = reader.search(QUERY, 10)
        texts = [reader.raw(hit.passage.doc_id) for hit in hits] + [hit.passage.text for hit in hits]
        return {version for text in texts for version in re.findall("第(.)版", text)}


def main() -> None:
    index, uri, database = sys.argv[1:4]
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    requests = mixed = failed = 0
    seen: set[str] = set()
    with Library.open(Generations(Path(index), Address(uri, database=database)), encoder=HashedEncoder()) as library:
        while not over.is_set():
            requests += 1
            print("next", flush=True)
            try:
                found = versions(library)
            except KaojuError:
                try:
                    found = versions(library)
                except KaojuError:
                    failed += 1
                    continue
            mixed += len(found) != 1
            seen |= found
    print(json.dumps([requests, mixed, failed, sorted(seen)]))


if __name__ == "__main__":
    main()
