#!/usr/bin/env bash
# Rasa's own story tests: the right action after each turn, with the trained model.
set -euo pipefail
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
if ! .venv-rasa/bin/python -W ignore -m rasa test core --model models/current.tar.gz --stories tests/stories \
    --out "$out" --fail-on-prediction-errors >"$out/log" 2>&1; then
  grep -vE "Deprecat" "$out/log" | tail -n 40
  exit 1
fi
passed=$(grep -c "^  - story:" tests/stories/*.yml)
echo "$passed passed, 0 failed"
