# Every target works from a fresh checkout. `make help` prints the comments after `##`.
PYTHON ?= python3
V := .venv/bin/python
ATELOGO := .venv/bin/atelogo
W ?=
SIZE ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-demo demo serve worker test chaos browser lint types bench messages check

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and install everything to develop and test (Debian packages too, as root)
	@$(PYTHON) tools/setup.py

setup-demo:
	@$(PYTHON) tools/setup.py --demo

demo: setup-demo ## build the demo company, start it, and print where to click (Ctrl+C stops it)
	@ATELOGO_DEMO=1 ATELOGO_HOME="$${ATELOGO_HOME:-var/demo}" DATABASE_URL= $(ATELOGO) demo

serve: setup-demo ## run the web server (settings come from the environment)
	@$(ATELOGO) serve

worker: setup-demo ## run the worker (PostgreSQL; on SQLite the server runs it)
	@$(ATELOGO) worker

test: setup ## run every test: SQLite, PostgreSQL and Chromium
	@$(V) tools/run_tests.py

chaos: setup ## kill processes at random, 200 times from a seed, and check that nothing is lost
	@$(V) tools/run_tests.py chaos

browser: setup ## run only the browser tests
	@$(V) tools/run_tests.py browser

lint: setup ## check style, house rules, import contracts, templates, spelling, translations and locks
	@$(V) tools/checks.py lint

types: setup ## check types
	@$(V) tools/checks.py types

check: setup ## all checks without the tests
	@$(V) tools/checks.py

messages: setup ## collect new texts into the translation catalogues, and compile them
	@$(V) tools/check_messages.py --update

bench: setup ## measure: make bench W=import_cancellations SIZE=100000
	@$(V) tools/run_bench.py "$(W)" "$(SIZE)"
