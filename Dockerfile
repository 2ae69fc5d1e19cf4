# One image for the API, the workers, the bot and the commands; the argument says which.
# Three stages: the phone client, the Python environment, and what runs (no compiler, no Node, no root).

FROM node:22-bookworm-slim AS client
WORKDIR /client
COPY mobile_client/package.json mobile_client/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY mobile_client/ ./
# The helplines are written once, beside the bot, and built into the client for when there is no connection.
COPY bot/dialogue/content/helplines.json /bot/dialogue/content/helplines.json
RUN npm run build

FROM python:3.12-slim-bookworm AS python
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
# Action units in readings and clips; `--build-arg EXTRAS=` leaves them out and saves about 250 MB.
ARG EXTRAS=clips
# The dependencies alone first: they change rarely, and this layer is the large one.
COPY pyproject.toml README.md LICENSE ./
RUN mkdir backend bot ml migrations \
    && touch backend/__init__.py bot/__init__.py ml/__init__.py migrations/__init__.py \
    && /venv/bin/pip install --editable ".${EXTRAS:+[$EXTRAS]}"

FROM python:3.12-slim-bookworm
# libGL and GLib: opencv-python, which the face detector asks for, links the desktop's. EGL and GLES: MediaPipe.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 libegl1 libgles2 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin evenkeel
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    EVENKEEL_HOME=/data EVENKEEL_HOST=0.0.0.0 EVENKEEL_LOG_JSON=true PORT=8000
WORKDIR /app
COPY --from=python /venv /venv
COPY pyproject.toml README.md LICENSE ./
COPY migrations/ migrations/
COPY bot/ bot/
COPY ml/ ml/
COPY backend/ backend/
# The figures that HR's quality page shows.
COPY docs/model_card.json docs/model_card.json
COPY benchmarks/results/risk.json benchmarks/results/risk.json
COPY --from=client /client/dist mobile_client/dist
RUN python -m compileall -q backend bot ml migrations
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["evenkeel"]
CMD ["api"]
