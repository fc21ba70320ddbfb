# Everything a developer needs. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help

UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
APP := .venv/bin
RASA := .venv-rasa/bin
DUTCH := https://github.com/explosion/spacy-models/releases/download/nl_core_news_sm-3.4.0/nl_core_news_sm-3.4.0-py3-none-any.whl

export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export PYTHONPATH := .

.PHONY: help setup run test train tune vectors bench growth check evaluate pictures transcripts clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.done .venv-rasa/.done .venv-rasa/.dutch ## Build both Python environments, the database and the model
	@$(APP)/nachtlicht db seed
	@$(MAKE) --no-print-directory train

run: setup ## Serve the chat on http://localhost:8080 and the curation app on http://localhost:8081
	@exec $(APP)/nachtlicht serve

test: setup ## Run every test; says at the end what was skipped and why
	@bash tests/run.sh

train: .venv/.done .venv-rasa/.done .venv-rasa/.dutch ## Train the Rasa model, if data, domain, config or components changed
	@bash deploy/train.sh

tune: .venv-rasa/.done ## Tune the sentence encoder on the training sentences anew (about an hour), then make vectors
	@$(RASA)/python -W ignore -m tests.nlu.tune_encoder
	@$(MAKE) --no-print-directory vectors

vectors: .venv-rasa/.done ## Compute the kept vectors of the training sentences anew, after many new sentences
	@$(RASA)/python -W ignore -m tests.nlu.keep_vectors

bench: setup ## Print the benchmark as JSON lines
	@$(APP)/python -m tests.bench

growth: .venv/.done ## Measure the search at 100 to 100 000 services and write docs/search_growth.md and its picture
	@$(APP)/python -m tests.bench_search

check: .venv/.done .venv-rasa/.done .venv-rasa/.dutch ## Lint, strict types, import boundaries, Dutch texts, Rasa's own validation
	@bash tests/check.sh

evaluate: setup ## Measure understanding on the held-out sentences and write docs/evaluation.md
	@OMP_NUM_THREADS=1 $(RASA)/python -m tests.nlu.evaluate

pictures: setup ## Make the pictures of README and handbook, and of each state of the window in results/pictures
	@$(APP)/python -m tests.pictures_of_states
	@$(APP)/python -m tests.pictures_of_curation
	@$(APP)/python -m tests.pictures

transcripts: setup ## Write the 30 conversations that tell most as one page to read and sign: results/gesprekken.html
	@$(APP)/python -m tests.transcripts --pagina results/gesprekken.html

clean: ## Remove everything that was built (not the database in var/)
	rm -rf .venv .venv-rasa .tools models .rasa

.tools/bin/uv:
	@echo "uv is not installed: putting it in .tools (a few seconds)"
	@python3 -m venv .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check uv

# What Python compiles of its packages is kept, also where it is told not to: Rasa's start takes ten seconds without.
.venv/.done: requirements/app.txt pyproject.toml | $(filter .tools/%,$(UV))
	@echo "[1/4] Python environment of the application (half a minute)"
	@$(UV) venv --quiet --allow-existing --python 3.12 .venv
	@$(UV) pip sync --quiet --require-hashes --python $(APP)/python requirements/app.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --python $(APP)/python --editable .
	@env -u PYTHONDONTWRITEBYTECODE $(APP)/python -m compileall -q -j 0 .venv/lib || true
	@touch $@

.venv-rasa/.done: requirements/rasa.txt | $(filter .tools/%,$(UV))
	@echo "[2/4] Python environment of Rasa (1 to 5 minutes, about 800 MB to download)"
	@$(UV) venv --quiet --allow-existing --python 3.10 .venv-rasa
	@$(UV) pip sync --quiet --require-hashes --python $(RASA)/python requirements/rasa.txt
	@env -u PYTHONDONTWRITEBYTECODE $(RASA)/python -W ignore -c "import rasa.core.agent, rasa.model_training" 2>/dev/null || true
	@touch $@

# The trained Dutch pipeline: from its release address, else from a folder of wheels, else the bot does without.
.venv-rasa/.dutch: .venv-rasa/.done
	@echo "[3/4] Dutch language model (a few seconds)"
	@UV_HTTP_TIMEOUT=20 UV_HTTP_RETRIES=0 $(UV) pip install --quiet --no-deps --python $(RASA)/python "$(DUTCH)" 2>/dev/null \
		|| { test -n "$$NACHTLICHT_WHEELHOUSE" && ls "$$NACHTLICHT_WHEELHOUSE"/nl_core_news_sm-*.whl >/dev/null 2>&1 \
			&& $(UV) pip install --quiet --no-deps --python $(RASA)/python "$$(ls "$$NACHTLICHT_WHEELHOUSE"/nl_core_news_sm-*.whl | head -1)"; } \
		|| echo "      nl_core_news_sm could not be reached: going on with lookup lemmas; messages are understood as well as with it." \
			"Try again later with: rm .venv-rasa/.dutch && make setup"
	@touch $@
