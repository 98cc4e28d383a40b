# make run        the demo: sets everything up, starts it, says where to look
# make run FRESH=1   the same from the beginning
# make test       every test;  make test-full  with the full counts of the promises
# make check      lint, types, imports, messages;  make bench  the measurements
.PHONY: run test test-full check bench format lock messages clean

BIN := .venv/bin

run:
	@tools/setup run
	@exec $(BIN)/sayso demo $(if $(FRESH),--fresh)

test:
	@tools/setup test
	@$(BIN)/python -m pytest $(ARGS)

test-full:
	@tools/setup test
	@SAYSO_TEST_FULL=1 $(BIN)/python -m pytest $(ARGS)

check:
	@tools/setup test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.messages check
	$(BIN)/sayso flows check

bench:
	@tools/setup test
	@$(BIN)/python -m benchmarks $(ARGS)

format:
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

messages:
	@$(BIN)/python -m tools.messages update

# uv is needed for this alone; it writes hashes and names no address.
LOCK := uv pip compile --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet
lock:
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt requirements/runtime.in -o requirements/runtime.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/telegram/node_modules
