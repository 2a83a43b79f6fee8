# `make run` and `make test` need Python 3.11 or newer (with venv) and make, and nothing else installed by hand.
PYTHON ?= python3
PORT ?= 8001
VENV := .venv

.PHONY: run test serve lint bench platforms score card fit pictures soak fuzz clean
run: $(VENV)/ready  ## set up, crawl the sample portals over loopback, serve the index
	$(VENV)/bin/python -m tests.portals.run --port $(PORT)

# Twice as many processes as cores on the machines it must pass on: most of the time tests wait for servers and kills.
test: $(VENV)/ready  ## set up and run every test
	$(VENV)/bin/pytest -n 4 --dist worksteal

serve: $(VENV)/ready  ## serve notices.db
	$(VENV)/bin/thongbao serve --port $(PORT)

lint: $(VENV)/ready
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

bench: $(VENV)/ready  ## speed, in ratios: see docs/performance.md
	$(VENV)/bin/python -m bench.crawl
	$(VENV)/bin/python -m bench.extract
	$(VENV)/bin/python -m bench.site
	$(VENV)/bin/python -m bench.search
	$(VENV)/bin/python -m bench.attachments

platforms: $(VENV)/ready  ## platforms and the generic reader on the sample sites: see docs/portals.md
	$(VENV)/bin/python -m bench.platforms

score: $(VENV)/ready  ## quality of extraction: see docs/accuracy.md
	$(VENV)/bin/python -m bench.score

card: $(VENV)/ready  ## score, and write the held-out figures into what the site shows and docs/accuracy.md
	$(VENV)/bin/python -m bench.score --card

fit: $(VENV)/ready  ## points of COVID-19 or not, roles, hotlines and headlines, cross-validated over labelled notices: see docs/accuracy.md
	$(VENV)/bin/pip install -q --disable-pip-version-check -c constraints.txt -e '.[fit]'
	$(VENV)/bin/python -m bench.fit_covid
	$(VENV)/bin/python -m bench.fit_roles
	$(VENV)/bin/python -m bench.fit_phones
	$(VENV)/bin/python -m bench.fit_titles

pictures: $(VENV)/ready  ## take the pictures of docs/screenshots again
	$(VENV)/bin/python -m tests.pictures

KILLS ?= 50
soak: $(VENV)/ready  ## kill a crawl at random moments, look what is left, and crawl on
	$(VENV)/bin/python -m tests.kills --kills $(KILLS)

FUZZ_SECONDS ?= 600
fuzz: $(VENV)/ready  ## mutated pages, texts and WARC files against platforms, extraction and the WARC reader
	$(VENV)/bin/pip install -q --disable-pip-version-check -c constraints.txt -e '.[fuzz]'
	$(VENV)/bin/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

clean:
	rm -rf $(VENV) run build *.egg-info

$(VENV)/ready: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing, Python 3.11 or newer is needed: apt install python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than the Python 3.11 that is needed: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]' || { echo "pip could not install what constraints.txt names: is the package index reachable?" >&2; exit 1; }
	touch $@
