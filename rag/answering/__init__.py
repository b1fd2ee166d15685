"""From a question to an answer: understand, choose evidence, compose, verify, refuse."""

from rag.answering.answerer import answer

__all__ = ["answer"]
