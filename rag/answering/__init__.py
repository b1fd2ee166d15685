"""From a question to an answer: understand, choose evidence, compose, verify, refuse."""
