#!/usr/bin/env bash
# Trains the Rasa model when something that goes into it changed since models/current.tar.gz was made.
set -euo pipefail
stamp=$(.venv/bin/nachtlicht model-stamp)
if [ -f models/current.tar.gz ] && [ "$(cat models/current.stamp 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi
echo "[4/4] Training the model (about 3 minutes, 10 GB of memory)"
mkdir -p models
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Rasa's own cache knows nothing of data/risk or of our modules: with it a changed rule would not reach the model.
export RASA_MAX_CACHE_SIZE=0 RASA_TELEMETRY_ENABLED=false
# `make check` validates, with warnings as failures; here it would take a tenth of the time.
if ! .venv-rasa/bin/python -W ignore -m bot.rasa_runtime.training train --force --skip-validation --domain domain.yml --config config.yml --data data/nlu data/rules \
    --out models --fixed-model-name current --quiet >"$log" 2>&1; then
  tail -n 40 "$log"
  echo "Training failed: the lines above say why." >&2
  exit 1
fi
echo "$stamp" >models/current.stamp
