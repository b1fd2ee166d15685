"""`list`, `info`, `verify` and `rollback`: the index as a whole."""

from __future__ import annotations

from argparse import Namespace

from rag.settings import Settings
from ui.commands import SET_ASIDE, Add, opened
from ui.commands.printing import say


def add_commands(add: Add) -> None:
    """Add the commands on the index as a whole."""
    add("list", "List the documents of the index.", "kaoju list").set_defaults(run=_list)
    add("info", "Tell by what the index was made and what it holds.", "kaoju info").set_defaults(run=_info)
    add("verify", "Check every file of the index against its hash.", "kaoju verify").set_defaults(run=_verify)
    add("rollback", "Serve the snapshot before the live one.", "kaoju rollback").set_defaults(run=_rollback)


def _list(_: Namespace, settings: Settings) -> int:
    with opened(settings) as library:
        for source, doc_id, also, characters in library.documents():
            say("\t".join([source, doc_id, str(characters), *also]))
    return 0


def _info(_: Namespace, settings: Settings) -> int:
    with opened(settings) as library:
        manifest = library.info()
        with library.reader() as reader:
            say(f"snapshot: {reader.name}")
        say(f"built: {manifest.built_at} in {manifest.seconds} s by Kaoju {manifest.program}")
        say(f"from: {', '.join(manifest.roots)}")
        say(f"encoder: {manifest.encoder} ({manifest.encoder_fingerprint}, {manifest.dimension} dimensions)")
        say(f"terms: {manifest.terms}; {len(manifest.user_words)} words of kaoju-terms.txt")
        say(f"dense index: {manifest.dense}")
        for name in ("documents", "articles", "passages", "characters"):
            say(f"{name}: {getattr(manifest, name)}")
        for one in manifest.set_aside:
            say(f"set aside: {one.source}: {one.reason}; {one.remedy}")
        return SET_ASIDE if library.fallen_back else 0


def _verify(_: Namespace, settings: Settings) -> int:
    from rag import Library
    from rag.archives import open_archive

    faults = Library.verify(open_archive(settings))
    for name, fault in faults.items():
        say(f"{name}: {fault or 'sound'}")
    return 1 if any(faults.values()) else 0


def _rollback(_: Namespace, settings: Settings) -> int:
    with opened(settings) as library:
        say(f"{library.rollback()} is live")
    return 0
