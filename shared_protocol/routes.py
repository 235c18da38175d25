"""Paths, headers and limits that clients and servers share."""

from __future__ import annotations

PROTOCOL_VERSION = 1

DEFAULT_ORCHESTRATOR_PORT = 5000
DEFAULT_WORKER_PORT = 5001

# Worker
JOB = "/jobs/{job_id}"
GENERATE_FILM = "/generate_complete_video"
SUBMIT_ALIAS = "/submit_job"
STATUS = "/status/{job_id}"
STATUS_ALIAS = "/job_status/{job_id}"
JOBS = "/jobs"
JOBS_WAIT = "/jobs/wait"
JOB_CANCEL = "/jobs/{job_id}/cancel"
JOB_ARTIFACTS = "/jobs/{job_id}/artifacts"
JOB_LIVE = "/jobs/{job_id}/live/{scene}"
DOWNLOAD = "/download/{job_id}"
DOWNLOAD_NAMED = "/download/{job_id}/{name}"
ARTIFACT = "/artifacts/sha256/{hex}"
ARTIFACTS_BUNDLE = "/artifacts/bundle"
BLOB = "/blobs/sha256/{hex}"
BLOBS_MISSING = "/blobs/missing"
SPEAK = "/speak"
HEALTH = "/health"
PAIR = "/pair"
CAPABILITIES = "/capabilities"
ROOT = "/"

# Orchestrator
API_GENERATE_VIDEO = "/api/generate-video"
API_MUSIC = "/api/music"
API_REFERENCES = "/api/references"
API_REFERENCE = "/api/references/{hex}"
API_VOICE_SAMPLES = "/api/voice-samples"
API_GENERATE_WITH_TEMPLATE = "/api/generate-with-template"
API_ANALYZE_SCRIPT = "/api/analyze-script"
API_WRITER_PREPARE = "/api/writer/prepare"
API_STORY_TYPES = "/api/story-types"
API_STYLES = "/api/styles"
API_PROGRESS = "/api/progress"
API_SET_WORKER_URL = "/api/set-colab-url"
API_WORKER = "/api/worker"
API_WORKER_CHECK = "/api/worker/check"
API_CAPABILITIES = "/api/capabilities"
API_MODELS = "/api/models/"
API_MODEL = "/api/models/{id}"
API_VOICES = "/api/voices"
API_VOICE_PREVIEW = "/api/voices/preview"
API_JOBS = "/api/jobs"
API_JOB = "/api/jobs/{job_id}"
API_JOB_CANCEL = "/api/jobs/{job_id}/cancel"
API_JOB_ALLOW = "/api/jobs/{job_id}/allow"
API_JOB_RETRY = "/api/jobs/{job_id}/retry"
API_JOB_PROJECT = "/api/jobs/{job_id}/project"
API_JOB_SCRIPT = "/api/jobs/{job_id}/script"
API_PLAY = "/play/{job_id}"
API_JOB_LINK = "/api/jobs/{job_id}/link/{name}"
API_JOB_REWRITE = "/api/jobs/{job_id}/script/rewrite"
API_JOB_RENDER = "/api/jobs/{job_id}/render"
API_DOWNLOAD = "/api/download/{job_id}"
API_DOWNLOAD_NAMED = "/api/download/{job_id}/{name}"
API_FILE = "/api/files/{hex}"
API_VIDEO = "/api/video/{file}"

# Headers
IDEMPOTENCY_KEY = "Idempotency-Key"
X_WORKER_ID = "X-Worker-Id"
X_WORKER_BOOT = "X-Worker-Boot"
X_REQUEST_ID = "X-Request-Id"
X_PROTOCOL = "X-Protocol"
X_CAPTIONS = "X-Captions"
NGROK_SKIP = "ngrok-skip-browser-warning"
NGROK_ERROR = "ngrok-error-code"

#: Seconds that a held reply may take: what our clients ask for, and the ceiling.
HOLD_S = 25.0
MAX_HOLD_S = 60.0
