# `make` alone tells what there is.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
RUNTIME := .venv/.runtime-set
DEV := .venv/.dev-set
AUDIT := .venv/audit
PARTS := .venv/parts
VAR_DIR ?= var
STATIC := $(VAR_DIR)/static/staticfiles.json
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

export PORT VAR_DIR

.DEFAULT_GOAL := help
.PHONY: help run dev test lint lock bench audit faults

help: ## Show these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: $(STATIC) ## Set up everything and serve the site on this machine (PORT=8000)
	@exec $(BIN)/python manage.py serve

dev: $(RUNTIME) ## Serve with reload: every saved page or template shows at once
	@DEBUG=true $(BIN)/python manage.py migrate --verbosity 0
	@DEBUG=true exec $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

# What is compiled of the tests stays, whatever the shell says: the next run begins seconds sooner.
test: $(DEV) ## Set up everything and run every test
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder $(ARGS)

lint: $(DEV) ## Check style, types, templates, spelling, migrations and content
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	@$(BIN)/codespell
	@$(BIN)/mypy
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py check_content

bench: $(DEV) $(STATIC) ## Measure the site's speed, beside nginx where wrk and nginx are installed
	@$(BIN)/python -m tests.benchmarks $(ARGS)

faults: $(DEV) $(STATIC) ## Break the site in every way and count what was lost (a quarter of an hour)
	@$(BIN)/python -m tests.faults $(ARGS)

audit: $(AUDIT)/.audit-set $(PARTS)/.parts-set ## List the parts (CycloneDX) and ask for known vulnerabilities in them
	@mkdir -p $(VAR_DIR)
	@$(AUDIT)/bin/cyclonedx-py environment --output-reproducible \
	  --output-file $(VAR_DIR)/parts.cdx.json $(PARTS)/bin/python
	@echo "The list of parts is $(VAR_DIR)/parts.cdx.json"
	@$(AUDIT)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
	  -r requirements/runtime.txt -r requirements/postgres.txt

lock: $(DEV) ## Write requirements/*.txt anew from requirements/*.in
	@for set in runtime postgres dev audit; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes \
	    --no-emit-index-url --no-header requirements/$$set.in -o requirements/$$set.txt || exit 1; \
	done

# The stamps tell which sets are installed; a half-made environment has none and is made anew.
$(RUNTIME): requirements/runtime.txt | .venv/.made
	@echo "Installing what the site needs …"
	@$(PIP) -r requirements/runtime.txt
	@touch $@

$(DEV): requirements/dev.txt $(RUNTIME)
	@echo "Installing what the tests need …"
	@$(PIP) -r requirements/dev.txt
	@touch $@

# Apart from the site's own environment: what looks at the parts is none of them.
$(AUDIT)/.audit-set: requirements/audit.txt | .venv/.made
	@echo "Installing what the audit needs …"
	@$(PYTHON) -m venv --clear $(AUDIT)
	@$(PIP:$(BIN)%=$(AUDIT)/bin%) -r requirements/audit.txt
	@touch $@

$(PARTS)/.parts-set: requirements/runtime.txt requirements/postgres.txt | .venv/.made
	@$(PYTHON) -m venv --clear --without-pip $(PARTS)
	@$(BIN)/python -m pip --python $(PARTS)/bin/python install --quiet --disable-pip-version-check \
	  --require-hashes --only-binary :all: -r requirements/runtime.txt -r requirements/postgres.txt
	@touch $@

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@touch $@

$(STATIC): $(RUNTIME) imsinfo/web/static.py $(shell find static -type f)
	@$(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0
