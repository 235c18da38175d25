"""The folder that outlives the session: in a mounted Drive, or wherever the person says.

The worker keeps what is finished there, and so does its token stay: a re-opened notebook
is the same worker, and with a fixed address your own machine goes on by itself.
"""

from __future__ import annotations

from pathlib import Path

from colab_worker.notebook.place import Place
from colab_worker.notebook.screen import say
from colab_worker.notebook.secrets import keep_secret

_MOUNT = Path("/content/drive")


def lasting_folder(place: Place, name: str) -> Path:
    """The folder called ``name``; a bare name is one in the user's Drive on Colab."""
    path = Path(name).expanduser()
    if not path.is_absolute():
        path = _drive(place) / path
    path.mkdir(parents=True, exist_ok=True)
    return path


def take_token(place: Place, folder: Path) -> None:
    """Takes over the token of an earlier session, which lies in the folder."""
    kept = folder / "token"
    if kept.exists():
        keep_secret(place.token_file, kept.read_text(encoding="utf-8").strip() + "\n")
        say("This is the same worker as in the session before.")


def leave_token(place: Place, folder: Path) -> None:
    """Leaves the token for the next session."""
    keep_secret(folder / "token", place.token_file.read_text(encoding="utf-8"))


def _drive(place: Place) -> Path:
    if place.host != "colab":
        raise SystemExit("MEMO_FOLDER must be a whole path here, as /data/moonreel.")
    from google.colab import drive

    drive.mount(str(_MOUNT))
    return _MOUNT / "MyDrive"
