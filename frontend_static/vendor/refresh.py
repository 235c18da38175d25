"""Fetches the libraries of the page anew: ``python frontend_static/vendor/refresh.py``.

Each package is fetched by ``npm pack`` at an exact version. The files that we serve are
taken out, bare imports become relative ones (there is no build step and, under our
content-security policy, no import map), and ``manifest.json`` records where each file
came from: npm's own hash of the package, and the SHA-256 of what lies here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parents[1] / "tests" / "browser" / "vendor"

#: Package, version, where it goes, and its files: name here → name in the package.
PACKAGES: list[tuple[str, str, Path, dict[str, str]]] = [
    (
        "preact",
        "11.2.0",
        HERE,
        {
            "preact.js": "dist/preact.mjs",
            "preact-hooks.js": "hooks/dist/hooks.mjs",
            "preact.LICENSE": "LICENSE",
        },
    ),
    ("htm", "3.1.1", HERE, {"htm.js": "dist/htm.mjs", "htm.LICENSE": "LICENSE"}),
    (
        "@preact/signals-core",
        "1.14.5",
        HERE,
        {
            "signals-core.js": "dist/signals-core.mjs",
            "signals-core.LICENSE": "LICENSE",
        },
    ),
    (
        "@preact/signals",
        "2.11.4",
        HERE,
        {"signals.js": "dist/signals.mjs", "signals.LICENSE": "LICENSE"},
    ),
    (
        "@picocss/pico",
        "2.1.1",
        HERE,
        {"pico.css": "css/pico.min.css", "pico.LICENSE": "LICENSE.md"},
    ),
    (
        "axe-core",
        "4.14.1",
        TESTS,
        {"axe.js": "axe.min.js", "axe.LICENSE": "LICENSE"},
    ),
]
_IMPORTS = {
    "preact": "./preact.js",
    "preact/hooks": "./preact-hooks.js",
    "@preact/signals-core": "./signals-core.js",
}
_BARE = re.compile(r'(from\s*|import\s*)"([^".][^"]*)"')
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


def main() -> None:
    """Fetches every package and writes a manifest beside its files."""
    manifests: dict[Path, dict[str, object]] = {}
    for name, version, folder, files in PACKAGES:
        folder.mkdir(parents=True, exist_ok=True)
        entry = _fetch(name, version, folder, files)
        manifests.setdefault(folder, {})[name] = entry
    for folder, manifest in manifests.items():
        text = json.dumps(manifest, indent=2) + "\n"
        (folder / "manifest.json").write_text(text, encoding="utf-8")


def _fetch(
    name: str, version: str, folder: Path, files: dict[str, str]
) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as scratch:
        packed = _pack(f"{name}@{version}", Path(scratch))
        digest = hashlib.sha512(packed.read_bytes()).digest()
        hashes = {}
        with tarfile.open(packed) as archive:
            for ours, theirs in files.items():
                member = archive.extractfile(f"package/{theirs}")
                if member is None:
                    raise FileNotFoundError(f"{name} has no file {theirs}.")
                data = _relative(ours, member.read())
                (folder / ours).write_bytes(data)
                hashes[ours] = {
                    "from": theirs,
                    "sha256": hashlib.sha256(data).hexdigest(),
                }
    integrity = "sha512-" + base64.b64encode(digest).decode()
    return {"version": version, "integrity": integrity, "files": hashes}


def _pack(wanted: str, folder: Path) -> Path:
    command = ["npm", "pack", "--silent", wanted]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def _relative(name: str, data: bytes) -> bytes:
    """Libraries of scripts with their bare imports made relative."""
    if not name.endswith(".js") or name == "axe.js":
        return data
    text = _SOURCE_MAP.sub("\n", data.decode("utf-8"))
    return _BARE.sub(lambda m: f'{m[1]}"{_IMPORTS[m[2]]}"', text).encode("utf-8")


if __name__ == "__main__":
    main()
