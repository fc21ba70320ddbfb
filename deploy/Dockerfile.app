# The chat, the actions, the curation app and the `nachtlicht` command.
# docker build -f deploy/Dockerfile.app -t nachtlicht-app .
FROM python:3.12-slim-bookworm AS build
RUN pip install --no-cache-dir uv
WORKDIR /opt/nachtlicht
COPY requirements/app.txt requirements/
RUN uv venv .venv && uv pip sync --require-hashes --python .venv/bin/python requirements/app.txt
COPY . .
RUN uv pip install --no-deps --no-build-isolation --python .venv/bin/python --editable .

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /tmp nachtlicht
WORKDIR /opt/nachtlicht
COPY --from=build /opt/nachtlicht /opt/nachtlicht
ENV HOME=/tmp PYTHONDONTWRITEBYTECODE=1
USER nachtlicht
ENTRYPOINT [".venv/bin/python", "-m"]
CMD ["bot.chat"]
