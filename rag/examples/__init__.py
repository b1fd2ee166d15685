"""Documents written for this project (fictional places and people), and questions on them with their evidence."""

from pathlib import Path

DOCUMENTS = Path(__file__).parent / "documents"
QUESTIONS = Path(__file__).parent / "questions.jsonl"
