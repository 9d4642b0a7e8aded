# Every target does its own set-up, in .venv and var/, and says what it is doing.
# Variables: PYTHON (3.11 or newer), PIP_FLAGS (for example the address of a CPU-only torch index),
# TESTERS (how many processes share the tests; each has a wiki and a database of its own).

PYTHON ?= python3
PIP_FLAGS ?=
TESTERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
MODEL := var/models/nsfwjs-mobilenet-v2-mid/card.json
export LOOKOUT_HOME := $(CURDIR)/var
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo run test lint bench chaos soak toolforge-rehearsal training-demo fuzz clean

help:
	@echo "make demo   see the bot work on a miniature Commons, offline once set up"
	@echo "make run    watch the real uploads; a dry run unless config.yaml says otherwise"
	@echo "make install   packages and model, for a server; starts nothing"
	@echo "make test   lint, types and every test, on a real MediaWiki"
	@echo "make lint   ruff and mypy alone"
	@echo "make bench  speed, side by side with other runtimes"
	@echo "make scale  what all files of Commons would take: requests, days, money"
	@echo "make toolforge-rehearsal   the job as Toolforge runs it, disturbed"
	@echo "make backfill-proof   20,000 old files, workers and Redis killed: nothing lost, nothing scored twice"
	@echo "make chaos  everything that can fail fails, at random: nothing lost, nothing doubled"
	@echo "make soak   thousands of uploads, and a long stall: memory stays as it is"
	@echo "make training-demo   data set, training, evaluation and calibration on a benign stand-in task"
	@echo "make learning   decisions become a candidate, which runs beside the live model"
	@echo "make fuzz   10,000 damaged pictures and 1,000 damaged videos through the decoders"
	@echo "make screenshots   the dashboard's pages as pictures; SCREENSHOTS=folder: every page"
	@echo "make trouble   200 uploads published on a MediaWiki where everything goes wrong"
	@echo "make lock   toolforge/requirements.lock anew; then: make licences"
	@echo "make sbom   a bill of materials, build/sbom.cdx.json"
	@echo "make audit  known vulnerabilities of the packages, where the service can be reached"
	@echo "make clean  remove .venv and the caches; var/ with ledger and models stays"

install: $(MODEL)
	@echo "== Ready: $(BIN)/lookout, with its model. Nothing was started"

demo: $(MODEL)
	@echo "== The unchanged bot on a miniature Commons, about a minute"
	@$(BIN)/lookout demo

run: $(MODEL)
	@echo "== The bot, with config.yaml; Ctrl-C ends it"
	@exec $(BIN)/lookout run

test: lint rig $(MODEL)
	@echo "== Tests"
	@$(BIN)/pytest -n $(TESTERS) --dist loadfile

lint: $(VENV)/.tests-ready
	@echo "== Lint and types"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy bot model .ci/supply tests

bench: $(VENV)/.tests-ready $(MODEL)
	@echo "== Benchmarks, each figure a median measured side by side"
	@PYTHONPATH=tests $(BIN)/python -m bench

.PHONY: scale
scale: $(VENV)/.tests-ready
	@PYTHONPATH=tests $(BIN)/python -m scale $(SCALE)

chaos: rig $(MODEL)
	@echo "== Chaos, on SQLite and on MariaDB: about half an hour"
	@PYTHONPATH=tests $(BIN)/python -m chaos $(CHAOS)

soak: $(VENV)/.tests-ready $(MODEL)
	@echo "== Thousands of uploads, then ten minutes of stalls"
	@PYTHONPATH=tests $(BIN)/python -m chaos.soak
	@STALL_SECONDS=300 $(BIN)/pytest tests/integration/test_back_pressure.py

.PHONY: backfill-proof
backfill-proof: rig $(MODEL)
	@echo "== 20,000 old files with 1, 2 and 4 workers, then with workers and Redis killed (some 25 minutes)"
	@PYTHONPATH=tests $(BIN)/python -m backfill

toolforge-rehearsal: rig $(MODEL)
	@echo "== The image, but for its base"
	@PYTHONPATH=.ci $(BIN)/python -m supply.image_size
	@echo "== The job as Toolforge runs it: a deploy, a lost node, a read-only database"
	@LOOKOUT_REHEARSAL=10 $(BIN)/pytest -s tests/integration/test_toolforge_rehearsal.py

training-demo: $(VENV)/.tests-ready $(MODEL)
	@echo "== Drawings against photographs: data set, training, evaluation, calibration, robustness"
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/stand-in.sh

.PHONY: learning
learning: $(VENV)/.tests-ready $(MODEL)
	@echo "== Decisions, retraining, shadow mode: the whole circle with 1,200 uploads"
	@LOOKOUT_LEARNING_UPLOADS=1200 $(BIN)/pytest tests/integration/test_going_on_learning.py

fuzz: $(VENV)/.tests-ready
	@echo "== 10,000 damaged pictures, 1,000 damaged videos (these take some 20 minutes)"
	@LOOKOUT_FUZZ_FILES=10000 LOOKOUT_FUZZ_VIDEOS=1000 $(BIN)/pytest -s --timeout 1800 \
		tests/model/test_image_fuzz.py tests/model/test_video_fuzz.py

.PHONY: screenshots
screenshots: $(VENV)/.tests-ready $(MODEL)
	@PYTHONPATH=tests $(BIN)/python -m support.screenshots $(SCREENSHOTS)

.PHONY: trouble
trouble: rig $(MODEL)
	@echo "== 200 uploads on a wiki in trouble"
	@LOOKOUT_TROUBLE_UPLOADS=200 $(BIN)/pytest -s tests/integration/test_publishing_in_trouble.py

.PHONY: rig
rig: $(VENV)/.tests-ready
	@sh tests/rig/prepare.sh $(BIN)/python

$(MODEL): $(VENV)/.ready
	@echo "== The default model"
	@$(BIN)/lookout model install
	@touch $@

$(VENV)/.ready: setup.cfg pyproject.toml toolforge/requirements.lock
	@sh .ci/virtual-environment "$(PYTHON)" $(VENV)
	@echo "== Packages (torch is large: some minutes on a slow line)"
	@sed 's/ --hash.*//' toolforge/requirements.lock > $(VENV)/constraints.txt
	@$(BIN)/pip install -q $(PIP_FLAGS) -c $(VENV)/constraints.txt -e .
	@touch $@

$(VENV)/.tests-ready: $(VENV)/.ready
	@echo "== Packages for the tests"
	@$(BIN)/pip install -q $(PIP_FLAGS) -c $(VENV)/constraints.txt -e '.[test]'
	@touch $@

.PHONY: lock licences sbom audit
# Not after .ready, which installs by the lock and would refuse a version that is newer.
lock:
	@test -x $(BIN)/pip || sh .ci/virtual-environment "$(PYTHON)" $(VENV)
	@echo "== Every package with its hash"
	@$(BIN)/pip install -q packaging
	@PYTHONPATH=.ci $(BIN)/python -m supply.lock $(PIP_FLAGS)

licences: $(VENV)/.tests-ready
	@echo "== The licence of every package"
	@PYTHONPATH=.ci $(BIN)/python -m supply.licences

sbom: $(VENV)/.tests-ready
	@echo "== Bill of materials"
	@PYTHONPATH=.ci $(BIN)/python -m supply.sbom

audit: $(VENV)/.ready
	@$(BIN)/pip install -q $(PIP_FLAGS) -c $(VENV)/constraints.txt -e '.[audit]'
	@echo "== Known vulnerabilities of the packages in toolforge/requirements.lock"
	@PYTHONPATH=.ci $(BIN)/python -m supply.audit

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
