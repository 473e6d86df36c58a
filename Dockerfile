# syntax=docker/dockerfile:1
# The image of Footnoted: CPU only, no build tools, not root. docs/operations.md says how it is run, and how large it is.
#
#   docker build -t footnoted .

ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
# PyTorch's wheels without CUDA, or a mirror of them. Empty: PyPI's, with CUDA's libraries, which are several GB.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1
# app, or app-ocr: with the reading of scanned pages and pictures, which takes 0.2 GB more.
# app-scale: with the clients of PostgreSQL and Milvus, for several replicas.
ARG LOCK=app
RUN apt-get update && apt-get install -y --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY deploy/lock deploy/lock
RUN python -m venv /opt/footnoted
RUN if [ -n "$TORCH_INDEX" ]; then \
        /opt/footnoted/bin/pip install --require-hashes --no-deps --extra-index-url "$TORCH_INDEX" -r deploy/lock/torch.txt; \
    else \
        /opt/footnoted/bin/pip install "$(sed -n 's/^\(torch==[0-9.]*\).*/\1/p' deploy/lock/torch.txt)"; \
    fi
RUN /opt/footnoted/bin/pip install --require-hashes --no-deps -r deploy/lock/${LOCK}.txt
RUN python -m venv /opt/build && /opt/build/bin/pip install --require-hashes --no-deps -r deploy/lock/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY core core
COPY ingest ingest
COPY index index
COPY service service
COPY evals evals
COPY footnoted_client footnoted_client
RUN /opt/build/bin/pip wheel --no-build-isolation --no-deps --wheel-dir /wheels . && \
    /opt/footnoted/bin/pip install --no-deps --no-index /wheels/*.whl
COPY deploy/slim.py deploy/slim.py
# What the server and the doctor load is compiled by that, and no more; an image that lacks something is not built.
RUN python deploy/slim.py /opt/footnoted && \
    /opt/footnoted/bin/python -c "import service.app, service.workers.worker, service.jobs.worker" && \
    /opt/footnoted/bin/footnoted ingest README.md --data-dir /tmp/tried && \
    /opt/footnoted/bin/footnoted ask "What does it do?" --data-dir /tmp/tried && \
    /opt/footnoted/bin/footnoted doctor --data-dir /tmp/tried

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="Footnoted" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /var/lib/footnoted --shell /usr/sbin/nologin footnoted && \
    install -d -o footnoted -g footnoted -m 0700 /var/lib/footnoted /var/backups/footnoted
COPY --from=build /opt/footnoted /opt/footnoted
ENV PATH=/opt/footnoted/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/var/lib/footnoted/cache \
    FOOTNOTED_DATA_DIR=/var/lib/footnoted/data \
    FOOTNOTED_SERVER__HOST=0.0.0.0 \
    FOOTNOTED_SERVER__PORT=8000
USER footnoted
WORKDIR /var/lib/footnoted
VOLUME /var/lib/footnoted
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["footnoted"]
CMD ["serve"]
