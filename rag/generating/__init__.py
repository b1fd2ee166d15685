"""Prose from a language model, every sentence of it checked against the passages that it cites."""

from rag.generating.endpoint import Deadlines
from rag.generating.fault import Fault
from rag.generating.generator import Generator

__all__ = ["Deadlines", "Fault", "Generator"]
