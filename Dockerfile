# One image for web, worker, beat and migrations: they differ by their command (docker-compose.yml).

FROM node:24-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.11-slim AS packages
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM packages AS application
WORKDIR /app
COPY . .
COPY --from=assets /build/node_modules node_modules
# The settings want addresses; collecting files contacts none of them.
RUN /venv/bin/python -m compileall -q insights project reports tenants \
    && /venv/bin/python -m project.assets && rm -r node_modules \
    && DATABASE_URL=postgresql://build@localhost/build REDIS_URL=redis://localhost \
       SECRET_KEY=for-collecting-static-files-only-never-for-serving \
       /venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data insights \
    && install --directory --owner insights --group insights --mode 0750 /data
COPY --from=packages /venv /venv
COPY --from=application /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=project.settings \
    FILES_DIR=/data/files \
    LOG_JSON=true
WORKDIR /app
USER insights
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=4 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': 'localhost'}), timeout=4)"]
CMD ["gunicorn", "project.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--timeout=120", \
     "--worker-tmp-dir=/dev/shm", "--access-logfile=-"]
