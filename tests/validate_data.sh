#!/usr/bin/env bash
# `rasa data validate`, where a warning is a failure too.
set -euo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export RASA_TELEMETRY_ENABLED=false
if ! .venv-rasa/bin/python -W ignore::DeprecationWarning -m rasa data validate --domain domain.yml --config config.yml \
    --data data/nlu data/rules --fail-on-warnings >"$log" 2>&1 || grep -q "UserWarning" "$log"; then
  grep -vE "Deprecat|^  [a-zA-Z_.]+\(" "$log" | tail -n 40
  exit 1
fi
