"""Let a file beside a document correct what was read about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from rag.datatypes import Provenance, Value
from rag.errors import SettingsError


def override(provenance: Provenance, sidecar: Mapping[str, object]) -> Provenance:
    """Return provenance with the values of a sidecar file in place of those read.

    Keys: title, kind, place, places, issuer, speaker, number, issued_on, effective_on (text), addressees, keywords,
    aliases (lists of text).

    Raises:
        SettingsError: an unknown key, or a value of the wrong kind.

    """
    known = {field.name for field in fields(Provenance)} - {"elements"}
    changes: dict[str, object] = {}
    for key, value in sidecar.items():
        name = "places" if key == "place" else key
        listed = (
            [value] if isinstance(value, str) and name in ("places", "addressees", "keywords", "aliases") else value
        )
        if name not in known:
            raise SettingsError(f"unknown key {key!r} in the sidecar; known are {', '.join(sorted(known))}")
        if isinstance(listed, list) and all(isinstance(each, str) for each in listed):
            plain = name in ("keywords", "aliases")
            changes[name] = tuple(listed) if plain else tuple(Value(each) for each in listed)
        elif isinstance(listed, str):
            changes[name] = Value(listed)
        else:
            raise SettingsError(f"{key!r} in the sidecar must be text or a list of texts, not {value!r}")
    names = changes.get("places", ())
    if isinstance(names, tuple) and names:
        changes.setdefault("aliases", (*(v.text for v in names), *provenance.aliases))
    return replace(provenance, **changes)  # type: ignore[arg-type]
