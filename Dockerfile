# slawatch with its browser, on Debian, as a user without rights.
#
#   docker build --tag slawatch .
#   docker run --read-only --tmpfs /tmp --volume slawatch:/var/lib/slawatch --volume ./slawatch.yaml:/etc/slawatch/slawatch.yaml:ro slawatch
#
# docs/install.md tells what the image wants from its surroundings. .dockerignore lets in only what is copied here.

FROM debian:bookworm-slim AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# One time for all that would write down when it was made. Python then tells stale bytecode by its source's hash, not by a time.
ARG SOURCE_DATE_EPOCH=1767225600

RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /build
COPY locks/run.lock locks/
RUN python3 -m venv /opt/slawatch \
    && /opt/slawatch/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: --requirement locks/run.lock

COPY pyproject.toml README.md ./
COPY slawatch slawatch
RUN /opt/slawatch/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --no-index . \
    && /opt/slawatch/bin/pip uninstall --yes setuptools pip


FROM debian:bookworm-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ARG SOURCE_DATE_EPOCH=1767225600

LABEL org.opencontainers.image.title="slawatch" \
      org.opencontainers.image.description="Watches a hosted application against its service level agreement, and proves it"

# libatomic1 is for Playwright's driver; without a font a page shows no text, and is never ready.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates chromium-headless-shell fonts-dejavu-core libatomic1 python3 tini \
    && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/* /var/log/apt /var/log/*.log \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/slawatch --shell /usr/sbin/nologin slawatch \
    && install --directory --owner=slawatch --group=slawatch --mode=0750 /var/lib/slawatch \
    && install --directory /etc/slawatch

COPY --from=build /opt/slawatch /opt/slawatch

# What the browser and fontconfig keep for a moment goes to /tmp, so that all else but the store may be read-only.
ENV PATH=/opt/slawatch/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    SLAWATCH_CONFIG=/etc/slawatch/slawatch.yaml \
    SLAWATCH_HEALTH=http://127.0.0.1:9464/healthz

USER 10001:10001
WORKDIR /var/lib/slawatch
VOLUME /var/lib/slawatch
EXPOSE 9464
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/opt/slawatch/bin/python", "-c", "import os, urllib.request; urllib.request.urlopen(os.environ['SLAWATCH_HEALTH'], timeout=4)"]

# tini reaps what a killed browser leaves behind, and hands signals on.
ENTRYPOINT ["/usr/bin/tini", "--", "slawatch"]
CMD ["run"]
