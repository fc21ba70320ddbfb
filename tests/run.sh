#!/usr/bin/env bash
# Runs every test: Rasa's side in its own environment, the dialogue, then all the rest with the stack tests last.
set -uo pipefail
failed=0
run() { echo; echo "== $1"; shift; "$@" || failed=1; }

run "Checks" bash tests/check.sh
# Rasa and TensorFlow warn about themselves at import; only our own side treats warnings as errors.
run "Rasa's side: components, runtime, held-out sentences" \
  .venv-rasa/bin/python -m pytest tests/bot/nlu tests/bot/rasa_runtime tests/nlu -q -o filterwarnings=ignore
run "Dialogue: stories against the trained model" bash tests/stories/run.sh
run "Application side" \
  .venv/bin/python -m pytest tests -q --ignore=tests/bot/nlu --ignore=tests/bot/rasa_runtime --ignore=tests/nlu
exit $failed
