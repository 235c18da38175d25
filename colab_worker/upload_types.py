"""What may not be uploaded: files that run when somebody opens or loads them."""

from __future__ import annotations

import re

from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError

#: Bytes of a file that are looked at; a name inside a zip comes at its beginning.
LOOK_BYTES = 512

_DANGEROUS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\x80[\x02-\x05][}\](c\x8c\x95Xq\x8a]"), "a Python pickle"),
    (re.compile(rb"PK\x03\x04.{26,400}?\.pkl", re.DOTALL), "a zip with a Python pickle"),
    (re.compile(rb"\x7fELF|MZ.{58}|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe", re.DOTALL),
     "a program"),
    (re.compile(rb"#!\s*/"), "a script"),
    (re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|svg|script)", re.I),
     "a web page"),
)  # fmt: skip


def check_upload(beginning: bytes) -> None:
    """Raises ApiError 422 for what has no place among pictures, sounds and films."""
    for pattern, what in _DANGEROUS:
        if pattern.match(beginning):
            raise ApiError(
                Code.INVALID_FIELD,
                f"The file is {what}, which no film needs; models are taken as "
                "safetensors only.",
                param="body",
                headers={"Connection": "close"},
            )
