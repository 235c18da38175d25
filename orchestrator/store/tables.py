"""The tables: films, what of them is safe on this machine, and known workers."""

from __future__ import annotations

import sqlalchemy as sa

#: The newest revision under ``migrations/versions``.
HEAD = "0007"

metadata = sa.MetaData()

films = sa.Table(
    "films",
    metadata,
    sa.Column("job_id", sa.String(64), primary_key=True),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("state", sa.String(32), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("progress", sa.Integer, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("stage", sa.String(64), nullable=False),
    sa.Column("eta_s", sa.Float),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("finished_at", sa.String(32)),
    # the work: as asked, as written, as sent
    sa.Column("request_json", sa.Text, nullable=False),
    sa.Column("script_json", sa.Text, nullable=False),
    sa.Column("spec_json", sa.Text, nullable=False),
    sa.Column("warnings_json", sa.Text, nullable=False),
    sa.Column("error_json", sa.Text),
    # one job from one click
    sa.Column("idempotency_key", sa.String(255), unique=True),
    sa.Column("body_sha256", sa.String(64)),
    # where it was sent, and what was last heard from there
    sa.Column("worker_kind", sa.String(16)),
    sa.Column("worker_url", sa.Text),
    sa.Column("worker_boot", sa.String(64)),
    sa.Column("worker_reason", sa.Text),
    sa.Column("render_json", sa.Text),
    sa.Column("outages_json", sa.Text),
    sa.Column("usage_json", sa.Text),
)

#: Every version of every script, first written or edited.
scripts = sa.Table(
    "scripts",
    metadata,
    sa.Column("job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("made_by", sa.String(16), nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("script_json", sa.Text, nullable=False),
)

#: What the writing service answered, by the hash of what it was asked.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("answer_json", sa.Text, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
)

#: Finished units whose files are all here: what the next worker need not do again.
units = sa.Table(
    "units",
    metadata,
    sa.Column("job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("result_json", sa.Text, nullable=False),
)

#: Files that can be downloaded from here.
artifacts = sa.Table(
    "artifacts",
    metadata,
    sa.Column("job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True),
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("artifact_json", sa.Text, nullable=False),
)

#: Which film needs which file of the library; a file that none needs is deleted.
blob_uses = sa.Table(
    "blob_uses",
    metadata,
    sa.Column("job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True, index=True),
)

#: Remote workers by address; ``current`` marks the one in use.
workers = sa.Table(
    "workers",
    metadata,
    sa.Column("url", sa.String(300), primary_key=True),
    sa.Column("token", sa.Text),
    sa.Column("current", sa.Boolean, nullable=False),
)

#: What went through tunnels, by host and month (``2026-11``).
traffic = sa.Table(
    "traffic",
    metadata,
    sa.Column("host", sa.String(300), primary_key=True),
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
)

#: Films that may cost more than their tunnel has left: somebody said yes.
allowed = sa.Table(
    "allowed",
    metadata,
    sa.Column("job_id", sa.String(64), sa.ForeignKey("films.job_id"), primary_key=True),
)

#: Jobs that a worker may have and shall not finish; it was not told yet.
orphans = sa.Table(
    "orphans",
    metadata,
    sa.Column("job_id", sa.String(64), primary_key=True),
    sa.Column("url", sa.String(300), primary_key=True),
)
