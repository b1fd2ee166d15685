import subprocess
import sys

import rag


def test_public_names_are_sorted_and_there():
    assert rag.__all__ == sorted(rag.__all__)
    assert all(getattr(rag, name).__name__ == name for name in rag.__all__)


def test_importing_the_package_imports_no_index():
    code = "import rag, rag.datatypes, sys; print({'faiss', 'tantivy', 'torch'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
