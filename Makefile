PYTHON ?= python3
PORT ?= 8001
VENV := .venv

.PHONY: run test serve lint
run: $(VENV)/ready  ## set up, crawl the sample portals over loopback, serve the index
	$(VENV)/bin/python -m tests.portals.run --port $(PORT)

test: $(VENV)/ready  ## set up and run every test
	$(VENV)/bin/pytest

lint: $(VENV)/ready
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

$(VENV)/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "python3-venv is missing: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install -q -e '.[dev]'
	touch $@
