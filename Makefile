# Every target first sets up what it needs (tools/setup); the second time that takes no time.
.PHONY: help run test test-full promises points mutants bench check format looks messages lock clean
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin

help:
	@echo "make run           start the demo; FRESH=1 starts it over"
	@echo "make test          every test; ARGS=... goes to pytest"
	@echo "make test-full     the same with the full counts of docs/promises.md"
	@echo "make promises      write measured figures into docs/promises.md and docs/safeguarding.md"
	@echo "make points        make the points of words from the labelled texts; ARGS=try only measures"
	@echo "make check         lint, types, imports, messages, dependencies"
	@echo "make mutants       change what guards the words, and see whether tests notice"
	@echo "make bench         how fast Sayso is on this machine, beside others"
	@echo "make format        format the code and mend what ruff can"
	@echo "make looks         photograph every page and state for docs/looks.md, and the month"
	@echo "make messages      take new texts up into the catalogues of locales/"
	@echo "make lock          lock the newest packages that fit; UPGRADE=1 renews all of them"
	@echo "make clean         remove what make made, but not the demo's data in var/"

run:
	@tools/setup run
	@exec $(BIN)/sayso demo $(if $(filter-out 0,$(FRESH)),--fresh)

# Side by side on the cores there are, a file's tests one after another; ARGS="-n 0" for one by one.
PYTEST = $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

test:
	@tools/setup test
	@exec $(PYTEST) $(ARGS)

test-full:
	@tools/setup test
	@SAYSO_TEST_FULL=1 exec $(PYTEST) $(ARGS)

promises:
	@tools/setup check
	@$(BIN)/python -m tools.safeguarding
	@$(BIN)/python -m tools.promises

points:
	@tools/setup check
	@$(BIN)/python -m tools.points $(ARGS)

mutants:
	@tools/setup test
	@exec nice $(BIN)/python -m tools.mutants $(ARGS)

bench:
	@tools/setup test
	@$(BIN)/python -m benchmarks $(ARGS)
	@$(BIN)/python -m benchmarks.desk --write
	@$(BIN)/python -m benchmarks.annual
	@$(BIN)/python -m benchmarks.importing --million
	@$(BIN)/python -m benchmarks.returning
	@$(BIN)/python -m benchmarks.timescales

check:
	@tools/setup check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.messages check
	$(BIN)/python -m tools.glossary check
	$(BIN)/python -m tools.definitions check
	$(BIN)/sayso flows check
	$(BIN)/pip check
	@$(BIN)/python -m tools.supply check

format:
	@tools/setup check
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The tests that look at every page; here their pictures go into docs/ too, not only into build/.
looks:
	@tools/setup test
	@SAYSO_TEST_LOOKS=1 exec $(BIN)/python -m pytest -q $(ARGS) \
	  tests/channels/webchat/test_looks.py tests/desk/test_looks.py \
	  tests/desk/test_quality_looks.py tests/desk/test_unit_looks.py \
	  tests/desk/test_the_month.py

messages:
	@tools/setup run
	@$(BIN)/python -m tools.messages update
	@$(BIN)/python -m tools.glossary update
	@$(BIN)/python -m tools.definitions update

# Pins and hashes, and no address: where packages come from is the installer's to decide.
LOCK = $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header \
  --no-emit-index-url --no-annotate $(if $(filter-out 0,$(UPGRADE)),--upgrade)
lock:
	@tools/setup check
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt requirements/runtime.in -o requirements/runtime.txt
	$(LOCK) requirements/validator.in -o requirements/validator.txt

clean:
	rm -rf .venv build sayso.egg-info tests/telegram/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find locales -name '*.mo' -delete
