"""Build time, memory, disk, loading and answering time, against a plain baseline and other systems, growing with size.

python -m tests.benchmarks.index                        2,000 and 20,000 documents, every system that is installed
python -m tests.benchmarks.index --sizes 66209          figures are added to those of earlier runs
python -m tests.benchmarks.index --venvs /some/folder   other systems have an environment of their own, by name

The documents are lines of JSON with `title` and `text`, packed by xz. The table and the plot go into `docs/`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.systems import SYSTEMS

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "data" / "train" / "news_corpus.jsonl.xz"
RESULTS = ROOT / "docs" / "performance.json"
PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "images" / "growth.svg"
BEGIN, END = "<!-- figures: make bench -->", "<!-- end of figures -->"
QUESTIONS = 300
_SAMPLING = 0.2  # seconds between two looks at the memory
COLUMNS = {
    "build_s": "build s",
    "build_cpu_s": "build CPU s",
    "peak_mb": "peak MB",
    "disk_ratio": "disk / raw",
    "load_s": "load s",
    "p50_wall_ms": "p50 ms",
    "p95_wall_ms": "p95 ms",
    "p50_cpu_ms": "p50 CPU ms",
    "p95_cpu_ms": "p95 CPU ms",
    "load_average": "load average",
}
COLOURS = {
    "kaoju": "#b03a2e",
    "baseline": "#5d6d7e",
    "langchain": "#1e8449",
    "llamaindex": "#7d3c98",
    "haystack": "#b9770e",
    "txtai": "#2471a3",
}


def write_documents(corpus: Path, number: int, folder: Path) -> list[str]:
    """Write the first documents as text files, and return questions: titles, or a sentence's worth of text."""
    questions = []
    with lzma.open(corpus, "rt", encoding="utf-8") as lines:
        for count, line in enumerate(itertools.islice(lines, number)):
            record = json.loads(line)
            (folder / f"{count:05}.txt").write_text(f"{record['title']}\n{record['text']}", encoding="utf-8")
            if count % (number // QUESTIONS) == 0:
                middle = len(record["text"]) // 2
                questions.append(record["title"] or record["text"][middle : middle + 25])
    return questions[:QUESTIONS]


def tree(root: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield root
    for task in Path(f"/proc/{root}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from tree(int(child))


def memory(root: int) -> float:
    """Return the memory of a process and its children in megabytes; what they share is counted once."""
    total = 0
    for pid in tree(root):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(rollup.split("\nPss:")[1].split()[0])
    return total / 1024


def run_measured(command: list[str]) -> dict[str, float]:
    """Run a program and return its wall and CPU seconds and the peak of its memory."""
    begun, peak, over = time.perf_counter(), 0.0, threading.Event()
    process = subprocess.Popen(command, cwd=ROOT)

    def watch() -> None:
        nonlocal peak
        while not over.wait(_SAMPLING):
            try:
                peak = max(peak, memory(process.pid))
            except (OSError, IndexError):
                continue  # a process ended between two looks

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    over.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return {"build_s": wall, "build_cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": peak}


def size(folder: Path) -> int:
    """Return the bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def interpreter(name: str, venvs: Path | None) -> str:
    """Return the Python that runs a system: its own environment's, where there is one."""
    own = venvs / name.removesuffix("-stock") / "bin" / "python" if venvs else None
    return str(own) if own and own.exists() else sys.executable


def installed(name: str, python: str) -> bool:
    """Return whether a system can be imported."""
    code = f"import {SYSTEMS[name].module}"
    return not subprocess.run([python, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL, check=False).returncode


def measure(name: str, python: str, documents: Path, questions: Path, work: Path) -> dict[str, float]:
    """Return all figures of one system on one set of documents."""
    step = [python, "-m", "tests.benchmarks.systems"]
    index = work / name
    found = run_measured([*step, "build", name, str(documents), str(index)])
    served = next(index.glob("snapshot-*"), index)
    found["disk_ratio"] = size(served) / size(documents)
    asked = subprocess.run(
        [*step, "query", name, str(index), str(questions)], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    found |= json.loads(asked.stdout)
    found["load_average"] = os.getloadavg()[1]
    shutil.rmtree(index)
    return {key: round(value, 2) for key, value in found.items()}


def table(results: list[dict[str, Any]]) -> str:
    """Return the figures as a table in Markdown."""
    head = ["documents", "system", *COLUMNS.values()]
    rows = [[f"{one['documents']:,}", one["system"], *(f"{one[key]:g}" for key in COLUMNS)] for one in results]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def plot(results: list[dict[str, Any]]) -> str:
    """Return two charts as SVG, build seconds and p95 over documents, both axes linear from zero."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="300" font-family="sans-serif" font-size="12">'
    ]
    parts.append('<rect width="760" height="300" fill="white"/>')
    for number, key in enumerate(("build_s", "p95_wall_ms")):
        left, right, top, bottom = 60 + 380 * number, 350 + 380 * number, 40, 250
        most = max(one["documents"] for one in results), max(one[key] for one in results)
        parts.append(f'<text x="{left}" y="22">{COLUMNS[key]} (to {most[1]:g})</text>')
        parts.append(f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="black"/>')
        parts.append(f'<text x="{right}" y="{bottom + 18}" text-anchor="end">{most[0]:,} documents</text>')
        for name, colour in COLOURS.items():
            marks = [
                (
                    round(left + (right - left) * one["documents"] / most[0], 1),
                    round(bottom - (bottom - top) * one[key] / most[1], 1),
                )
                for one in results
                if one["system"] == name
            ]
            line = " ".join(f"{x},{y}" for x, y in marks)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
            parts += [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in marks]
    for number, (name, colour) in enumerate(COLOURS.items()):
        parts.append(f'<text x="{60 + 90 * number}" y="290" fill="{colour}">● {name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def publish(results: list[dict[str, Any]]) -> None:
    """Write figures, table and plot into the documentation."""
    results.sort(key=lambda one: (one["documents"], one["system"]))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    PLOT.write_text(plot(results), encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, and write down what was measured after each system."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--systems", nargs="+", default=list(SYSTEMS), choices=SYSTEMS)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--venvs", type=Path, help="folder of environments, each named like its system")
    given = parser.parse_args()
    if not given.corpus.is_file():
        parser.exit(0, f"skipped: there are no documents at {given.corpus}; name some by --corpus\n")
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    pythons = {name: interpreter(name, given.venvs) for name in given.systems}
    absent = [name for name, python in pythons.items() if not installed(name, python)]
    sys.stdout.write("".join(f"skipped: {name} is not installed\n" for name in absent))
    for number, name in itertools.product(given.sizes, [name for name in given.systems if name not in absent]):
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            (work / "documents").mkdir()
            questions = write_documents(given.corpus, number, work / "documents")
            (work / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
            found = measure(name, pythons[name], work / "documents", work / "questions.json", work)
        one = {"documents": number, "system": name, **found}
        sys.stdout.write(json.dumps(one) + "\n")
        sys.stdout.flush()
        results = [old for old in results if (old["documents"], old["system"]) != (number, name)] + [one]
        publish(results)


if __name__ == "__main__":
    main()
