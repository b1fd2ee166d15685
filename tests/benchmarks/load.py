"""A hundred readers at once, or ten thousand questions in a row, on a real server; prints what they had to wait.

python tests/benchmarks/load.py                 100 chats at once, and the same against answerers that do nothing
python tests/benchmarks/load.py --soak 10000    so many questions one after another: memory and file handles
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.resources
import itertools
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

READERS = 100
PATIENCE = 120.0  # seconds
SERVE = """
import sys
from pathlib import Path
import fastapi
import gradio as gr
import uvicorn
from rag.datatypes import Answer, Sentence
from rag.library import Library
from rag.settings import Settings
from ui.app import build_app

class Trivial(Library):
    def stream(self, question, history=(), *, where=None, fluent=True):
        yield Answer(question, "好。", (Sentence("好。"),))

def say(question):
    yield [{"role": "user", "content": question}, {"role": "assistant", "content": "<p class=k-status>好。</p>"}]

def bare():
    with gr.Blocks(analytics_enabled=False) as blocks:
        box, chat = gr.Textbox(), gr.Chatbot()
        box.submit(say, [box], [chat], api_name="ask", concurrency_limit=8)
    blocks.max_threads = 160
    return gr.mount_gradio_app(fastapi.FastAPI(), blocks.queue(max_size=200), path="", ssr_mode=False)

index, port, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if kind == "bare":
    uvicorn.run(bare(), port=port, log_level="warning")
else:
    with {"quoting": Library, "trivial": Trivial}[kind].open(index) as library:
        uvicorn.run(build_app(library, Settings(index=index, port=port)), port=port, log_level="warning")
"""


@dataclass(frozen=True, slots=True)
class Wait:
    """What one reader waited for the first words of an answer and for its end, in seconds."""

    first: float
    end: float


class Server:
    """The page in a process of its own."""

    def __init__(self, index: Path, kind: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(index), str(self.port), kind], env=environment
        )
        for _ in range(600):
            try:
                self.config = httpx.get(f"{self.address}/config", timeout=5).json()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        self.function = next(one for one in self.config["dependencies"] if one["api_name"] == "ask")

    def cpu(self) -> float:
        """Return the seconds of processor spent so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the resident memory in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def handles(self) -> int:
        """Return the number of open files and sockets."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(20)


async def ask(server: Server, question: str) -> Wait:
    """Ask as the page does: join the queue, then read the stream of states."""
    session = secrets.token_hex(6)
    kept, older, fluent, scope = "", "[]", True, [[]] * (len(server.function["inputs"]) - 4)
    data = [question, kept, older, fluent, *scope][: len(server.function["inputs"])]
    body = {"data": data, "fn_index": server.function["id"], "session_hash": session, "trigger_id": None}
    begun, first = time.perf_counter(), 0.0
    # reading the certificates of the system takes a client 40 ms, and there is nothing here to verify with them
    async with httpx.AsyncClient(base_url=server.address, timeout=PATIENCE, verify=False) as client:
        (await client.post("/gradio_api/queue/join", json=body)).raise_for_status()
        async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
            async for line in stream.aiter_lines():
                if not first and "k-status" in line:
                    first = time.perf_counter() - begun
                if '"process_completed"' in line:
                    assert json.loads(line.removeprefix("data:"))["success"], line
                    break
    end = time.perf_counter() - begun
    return Wait(first or end, end)


def questions() -> Iterator[str]:
    """Yield the example questions again and again."""
    file = importlib.resources.files("rag").joinpath("examples", "questions.jsonl")
    lines = file.read_text("utf-8").splitlines()
    return itertools.cycle([json.loads(line)["question"] for line in lines if line.strip()])


async def crowd(server: Server, readers: int) -> list[Wait]:
    """Let so many readers ask at the same moment."""
    source = questions()
    return await asyncio.gather(*(ask(server, next(source)) for _ in range(readers)))


def summary(waits: list[Wait]) -> dict[str, float]:
    """Return the percentiles of the waits, in seconds."""
    found: dict[str, float] = {}
    for name in ("first", "end"):
        values = sorted(getattr(wait, name) for wait in waits)
        found[f"{name}_p50"] = round(statistics.median(values), 2)
        found[f"{name}_p99"] = round(values[min(int(len(values) * 0.99), len(values) - 1)], 2)
    return found


def measure_crowd(index: Path, readers: int) -> dict[str, Any]:
    """Return the waits of a crowd: at a page of the component library that says one word, at ours when it says one word,
    and at ours with its answers; and the growth of memory over three more crowds.
    """
    found: dict[str, Any] = {"readers": readers, "load_before": os.getloadavg()[0]}
    for kind in ("bare", "trivial", "quoting"):
        server = Server(index, kind)
        try:
            asyncio.run(crowd(server, 4))
            begun = server.cpu()
            found[kind] = summary(asyncio.run(crowd(server, readers)))
            found[kind]["cpu_ms_a_chat"] = round((server.cpu() - begun) * 1000 / readers, 1)
            before = server.memory()
            for _ in range(3):
                asyncio.run(crowd(server, readers))
            found[kind]["memory_mb"] = round(server.memory(), 1)
            found[kind]["growth_mb"] = round(server.memory() - before, 1)
        finally:
            server.stop()
    for kind in ("bare", "trivial"):
        for name in ("first_p50", "first_p99"):
            found[f"{name} to {kind}"] = round(found["quoting"][name] / found[kind][name], 2)
    return found


def measure_soak(index: Path, number: int) -> dict[str, Any]:
    """Return memory and handles along a row of questions, and the slope of memory over its second half."""
    server, source, marks = Server(index, "quoting"), questions(), []
    step = max(number // 10, 1)

    async def row(length: int) -> None:
        for _ in range(length):
            await ask(server, next(source))

    try:
        asyncio.run(row(min(200, number)))
        for _ in range(10):
            marks.append((round(server.memory(), 1), server.handles()))
            sys.stderr.write(f"{len(marks) - 1} of 10: {marks[-1]}\n")
            asyncio.run(row(step))
        marks.append((round(server.memory(), 1), server.handles()))
    finally:
        server.stop()
    slope = (marks[-1][0] - marks[5][0]) * 1024 / (5 * step)
    return {"questions": number, "memory_mb_and_handles": marks, "kb_per_question": round(slope, 3)}


def main() -> None:
    """Build an index of the examples, and measure on it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=READERS)
    parser.add_argument("--soak", type=int, default=0, metavar="QUESTIONS")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        from rag.library import Library

        index = Path(folder) / "index"
        documents = Path(str(importlib.resources.files("rag").joinpath("examples", "documents")))
        Library.build([documents], index).close()
        found = measure_soak(index, given.soak) if given.soak else measure_crowd(index, given.readers)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
