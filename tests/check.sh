#!/usr/bin/env bash
# What `make check` runs. Every check runs; the status says whether one failed.
set -uo pipefail
failed=0
run() { echo "-- $1"; shift; "$@" || { failed=1; echo "   failed" >&2; }; }

run "lint" .venv/bin/ruff check .
run "format" .venv/bin/ruff format --check .
run "types" .venv/bin/mypy
run "import boundaries" .venv/bin/lint-imports
run "lock files hold no index address" bash -c '! grep -nE "^--|https?://" requirements/*.txt'
run "variety of the training sentences" .venv/bin/python -m tests.nlu.data_report
run "Rasa data" bash tests/validate_data.sh
exit $failed
