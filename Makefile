# Everything that is done here is done by one of these. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
# The first Python that is new enough; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
SERVICES := auth license tracks versions gateway
PYTEST := $(PY) -m pytest
# Where nothing can be shown, the demo draws a picture.
HEADLESS := $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname)),,--offscreen --screenshot var/demo.png --after 30)

.PHONY: help setup run cloud client demo screenshots docs test test-fast check fix bench images k8s-check contracts lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Use it
run: setup ## Bring up the cloud and open the overlay on a simulated race (Ctrl-C stops everything)
	@exec $(PY) -m devstack run

cloud: setup ## Bring up the cloud alone
	@exec $(PY) -m devstack cloud

client: setup ## Open the desktop alone, for the game you drive, on the cloud that is running
	@exec $(PY) -m devstack client

demo: setup ## Show the overlay on a simulated race, without any cloud
	@mkdir -p var && exec $(PY) -m desktop_client --demo $(HEADLESS)

##@ Work on it
setup: $(VENV)/.installed ## Make .venv and install what requirements.lock names, by hash

$(VENV)/.installed: requirements.lock
	@test -n "$(PYTHON)" || { echo "RaceOverlay needs Python 3.11 or newer, and finds none."; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || sh devstack/provide_venv.sh "$(PYTHON)" $(VENV)
	@echo "Installing what requirements.lock names …"
	@$(PY) -m pip -qq --disable-pip-version-check install --no-deps --require-hashes -r requirements.lock
	@touch $@

test: setup ## Run every test, on two cores within 15 minutes
	@$(PY) -m devstack.libraries && exec $(PYTEST) -n 2 --dist loadfile; \
	echo "Qt cannot be loaded here, so the tests that draw are left out."; \
	exec $(PYTEST) -n 2 --dist loadfile -p no:pytest-qt

test-fast: setup ## Run the tests that need no server
	@$(PYTEST) -n 2 -m "not slow" tests/contracts tests/desktop_client/race tests/desktop_client/telemetry \
		tests/services/auth/domain tests/chassis/test_settings.py

check: setup ## Lint, types, walls between the parts, links in the documents
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet . || { echo "Not formatted: run make fix"; exit 1; }
	@$(VENV)/bin/pyright --warnings
	@$(VENV)/bin/lint-imports
	@$(PYTEST) -q -p no:cacheprovider -o addopts="--import-mode=importlib" tests/test_documents.py

fix: setup ## Mend what the linter can mend, and format
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet . ; $(VENV)/bin/ruff check .

bench: setup ## Measure: one JSON object a benchmark
	@for name in start telemetry capture mutations listening overlay endurance stream auth events gateway license tracks tracks_index tracks_learning tracks_lists tracks_service devstack; do $(PY) -m bench.$$name || exit 1; done

screenshots: setup ## Render the pictures in docs/images: whole layouts, and each widget alone
	@$(PY) -m desktop_client.overlay.picture docs/images
	@$(PY) -m desktop_client.overlay.gallery docs/images/widgets

docs: setup ## Write docs/games.md anew, from what the code says of every game
	@QT_QPA_PLATFORM=offscreen $(PY) -m desktop_client.guide docs/games.md

contracts: setup ## Write contracts/openapi.json and contracts/asyncapi.json anew
	@$(PY) -m contracts.asyncapi
	@$(PY) -m devstack.openapi

lock: setup ## Resolve the dependencies anew, with hashes and without addresses
	@$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--group dev pyproject.toml -o requirements.lock
	@for service in $(SERVICES); do \
		$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
			--group $$service -c requirements.lock pyproject.toml -o services/$$service/requirements.lock; done

##@ Deploy it
images: ## Build the five images (needs docker or podman)
	@engine=$$(command -v docker || command -v podman) || { echo "make images needs docker or podman."; exit 1; }; \
	for service in $(SERVICES); do \
		$$engine build -f services/Dockerfile --build-arg SERVICE=$$service -t raceoverlay/$$service . || exit 1; done

k8s-check: setup ## Render the manifests and judge them
	@k8s/check.sh

clean: ## Remove the state of the laptop's cloud (var/)
	@if test -x $(PY); then exec $(PY) -m devstack clean; else rm -rf var; fi
