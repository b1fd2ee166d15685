"""What an index has already, when it is built again: folders that were added, documents that were taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rag.building.build import Plan
from rag.errors import IndexDamaged, IndexMismatch, IndexMissing
from rag.reading.walk import prefixes
from rag.search.archive import Archive
from rag.search.manifest import Manifest


def take_over(archive: Archive, plan: Plan) -> Plan:
    """Return a plan with what the index has beyond it.

    An index that has all roots of the plan keeps its other roots, and leaves out what was taken out; other roots take
    the place of those that it has. A plan without roots is to build what the index has, as it was built.

    Raises:
        StoreError: the plan has no roots, and the index cannot say which it has.
    """
    try:
        manifest = archive.manifest(archive.current())
    except (IndexMissing, IndexDamaged, IndexMismatch):
        if plan.roots:
            return plan
        raise
    if not {str(root.resolve()) for root in plan.roots} <= set(manifest.roots):
        return plan
    if not plan.roots:
        plan = replace(plan, encoding=manifest.encoding, allow_secret=manifest.allow_secret)
    return replace(plan, roots=tuple(map(Path, manifest.roots)), removed=manifest.removed)


def extend(manifest: Manifest, paths: Sequence[Path | str]) -> Manifest:
    """Return the manifest with further roots; what was taken out goes by the names that it has among them."""
    roots = tuple(dict.fromkeys([*manifest.roots, *(str(Path(path).resolve()) for path in paths)]))
    before, after = (dict(zip(each, prefixes(list(map(Path, each))), strict=True)) for each in (manifest.roots, roots))
    removed = tuple(sorted(_renamed(source, before, after) for source in manifest.removed))
    return replace(manifest, roots=roots, removed=removed)


def _renamed(source: str, before: dict[str, str], after: dict[str, str]) -> str:
    inside = [root for root, prefix in before.items() if not prefix or f"{source}/".startswith(f"{prefix}/")]
    root = max(inside, key=lambda one: len(before[one]))
    tail = source.removeprefix(before[root]).removeprefix("/")
    return "/".join(filter(None, (after[root], tail)))
