"""The base of every message: frozen, and unknown fields are refused by name."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Wire(BaseModel):
    """A message that crosses the wire."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        ser_json_inf_nan="constants",
        allow_inf_nan=False,
        defer_build=True,  # most programs use few of them; the start of all is quicker
    )


class View(Wire):
    """A message that a server sends: a reader skips fields that it does not know yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def canonical_json(value: Any) -> str:
    """One spelling for one value: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def content_key(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def _plain_text(text: str) -> str:
    if "\x00" in text:
        raise ValueError("contains a NUL character; remove it and send the text again")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"character {error.start} is half of a surrogate pair, which is no text"
        ) from error
    return text


#: Text that can be stored, hashed and spoken: no NUL, no lone surrogate.
Text = Annotated[str, AfterValidator(_plain_text)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
#: Where a page comes from, as a browser writes it.
Origin = Annotated[
    str, StringConstraints(pattern=r"^https?://[a-z0-9.\-\[\]:]{1,255}$")
]
JobId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{7,63}$")]
