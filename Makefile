# Everything happens in .venv. Variables to set on the command line:
#   DOCS=/some/folder   documents to serve instead of the examples      PORT=7860   where the page listens
#   INDEX=kaoju-index   where the index lies                            PYTHON=…    an interpreter, 3.11 or newer
#   TORCH_INDEX=…       address of a package index with CPU builds of torch, of your choice: on Linux without a GPU
#                       it saves gigabytes of CUDA packages
PORT ?= 7860
INDEX ?= kaoju-index
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
V := .venv/bin
TORCH := $(shell grep '^torch==' requirements.lock)
SHA256 := $(shell command -v sha256sum || echo shasum -a 256)

# In an unpacked bundle everything comes from the wheels beside this file, and no registry is asked.
BUNDLED := $(wildcard wheels)
INSTALL := $(V)/pip install --disable-pip-version-check -q -c requirements.lock $(if $(BUNDLED),--no-index --find-links wheels)

.PHONY: setup run test test-all test-cluster test-milvus fuzz torture lint format eval load screenshots bundle lock

setup: .venv/ready

.venv/ready: $(wildcard pyproject.toml) requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	$(if $(BUNDLED),$(SHA256) --quiet -c SHA256SUMS)
	$(PYTHON) -m venv .venv
	$(if $(TORCH_INDEX),$(INSTALL) --no-deps --index-url "$(TORCH_INDEX)" $(TORCH))
	$(INSTALL) $(if $(BUNDLED),kaoju,-e .)
	touch $@

.venv/ready-dev: .venv/ready
	$(INSTALL) -e '.[dev]'
	touch $@

run: .venv/ready
	$(V)/kaoju index $(if $(DOCS),"$(DOCS)",--examples) --index "$(INDEX)" || test $$? -eq 3
	$(V)/kaoju serve --index "$(INDEX)" --port $(PORT)

test: .venv/ready-dev
	$(V)/pytest -m 'not full'

test-all: .venv/ready-dev
	$(V)/pytest --scale full

fuzz: .venv/ready-dev
	$(V)/pytest --scale night -m fuzz

# Milvus and Ray, as far as they run on one machine: the extra, and Milvus Lite as the server.
test-cluster: .venv/ready-dev
	$(INSTALL) -e '.[cluster]' 'milvus-lite>=3.2,<4'
	$(V)/pytest tests/contract tests/integration/test_milvus.py tests/integration/test_cluster.py

# A real Milvus server, whose wheel (milvus 2.3.5, with setuptools below 81) lies in an environment of its own:
#   make test-milvus MILVUS_SERVER=/some/venv/bin/milvus-server
# The server listens on every address, so it gets a network of its own; Linux only, root is not needed.
test-milvus: .venv/ready-dev
	$(INSTALL) -e '.[cluster]'
	MILVUS_SERVER="$(MILVUS_SERVER)" unshare --map-root-user --net --pid --fork --kill-child --mount-proc \
		sh -c 'ip link set lo up && exec $(V)/pytest tests/contract/test_milvus_server.py'

torture: .venv/ready-dev
	$(V)/pytest --scale night -m torture

lint: .venv/ready-dev
	$(V)/ruff check .
	$(V)/ruff format --check .
	$(V)/mypy
	$(V)/lint-imports

format: .venv/ready-dev
	$(V)/ruff check --fix .
	$(V)/ruff format .

eval: .venv/ready
	$(V)/kaoju eval

bench: .venv/ready-dev
	$(V)/python -m tests.benchmarks.index

load: .venv/ready-dev
	$(V)/python -m tests.benchmarks.load

screenshots: .venv/ready-dev
	$(V)/python -m tests.browser.screenshots

# One archive for this platform and this Python: unpack it, `make run` in it.
bundle: .venv/ready
	rm -rf build && mkdir -p build/bundle/kaoju/wheels dist
	$(if $(TORCH_INDEX),$(V)/pip download -q --no-deps --index-url "$(TORCH_INDEX)" -d build/bundle/kaoju/wheels $(TORCH))
	$(V)/pip wheel -q -c requirements.lock --find-links build/bundle/kaoju/wheels -w build/bundle/kaoju/wheels .
	cp Makefile README.md LICENSE requirements.lock build/bundle/kaoju
	cd build/bundle/kaoju && $(SHA256) Makefile requirements.lock wheels/* > SHA256SUMS
	tar -C build/bundle -cf dist/kaoju-bundle.tar kaoju
	@ls -l dist/kaoju-bundle.tar; echo "prove it without a network: .ci/bundle-offline"

# Take the versions of a fresh .venv into the lock (after a change of dependencies in pyproject.toml).
lock: .venv/ready-dev
	$(INSTALL) -e '.[cluster]' 'milvus-lite>=3.2,<4'
	$(V)/pip freeze --all --exclude pip --exclude-editable | sed 's/+cpu$$//' > requirements.lock
