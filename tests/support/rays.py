"""A child program that builds the small corpus on Ray, for tests that kill parts of it.

    python -m tests.support.rays FOLDER INDEX SHARDS MODE

MODE `here` starts Ray on this machine, `loss` a cluster of two nodes of which one goes when the first shard is done.
Prints the report as JSON.
"""

import json
import sys
import threading
import time
from pathlib import Path

from rag.building.cluster import Cluster
from rag.library import Library


def build(folder: Path, index: Path, shards: Path, address: str = "") -> dict[str, int]:
    with Library.build([folder], index, cluster=Cluster(str(shards), address, 2)) as library:
        assert library.report is not None
        return {"read": library.report.read, "passages": library.report.passages}


def build_with_loss(folder: Path, index: Path, shards: Path) -> dict[str, int]:
    from ray.cluster_utils import Cluster as Nodes

    nodes = Nodes(initialize_head=True, head_node_args={"num_cpus": 0})
    doomed = nodes.add_node(num_cpus=1)
    nodes.add_node(num_cpus=1)

    def remove() -> None:
        while not list(shards.glob("*.shard")):
            time.sleep(0.05)
        nodes.remove_node(doomed, allow_graceful=False)

    threading.Thread(target=remove, daemon=True).start()
    try:
        return build(folder, index, shards, nodes.address)
    finally:
        nodes.shutdown()


def main() -> None:
    folder, index, shards = map(Path, sys.argv[1:4])
    made = build_with_loss(folder, index, shards) if sys.argv[4] == "loss" else build(folder, index, shards)
    print(json.dumps(made))


if __name__ == "__main__":
    main()
