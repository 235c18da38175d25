"""The one filter for secrets: values, shapes and what stands behind their names."""

from __future__ import annotations

import json
import logging

import pytest

from shared_protocol.kit.http_errors import ApiError, Code
from shared_protocol.kit.logs import JsonFormatter, SentenceFormatter
from shared_protocol.kit.redaction import SECRETS, keep_secret, redact
from shared_protocol.tokens import EVERYTHING, scoped_token, sign_link

TOKEN = "qymcKPzx9HBhqKgoIkmvqAxijFKxQRQS1FcQaIWjm1k"
SHAPED = [
    TOKEN,
    scoped_token("other-token", EVERYTHING, 1_800_000_000),
    "AIza" + "x" * 35,
    "hf_" + "A1" * 15,
    "sk-" + "proj-" + "a1" * 20,
    "2abcDEF0123456789abcDEF0123_4567890abcDEF01234567890",
]
keep_secret(TOKEN)


@pytest.mark.parametrize("secret", SHAPED, ids=range(len(SHAPED)))
@pytest.mark.parametrize(
    "text", ["{}", "at {}.", '"{}"', "https://h/#token={}", "x {} y"]
)
def test_a_secret_is_taken_out_wherever_it_stands(secret: str, text: str) -> None:
    """In sentences, quotes and addresses."""
    assert secret not in redact(text.format(secret))


@pytest.mark.parametrize("name", SECRETS)
def test_values_of_secret_variables_are_taken_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever they look like."""
    monkeypatch.setenv(name, "plain words")

    assert redact("say plain words here") == "say *** here"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abc12345", "Authorization: ***"),
        ("authorization: Basic dTpwYXNzMQ==", "authorization: ***"),
        ('{"api_key": "q1w2e3r4"}', '{"api_key": "***"}'),
        ("?token=q1w2e3r4&x=1", "?token=***&x=1"),
        ("https://me:pw@host/", "https://***@host/"),
    ],
)
def test_what_is_named_a_secret_is_one(text: str, clean: str) -> None:
    """By the word before it."""
    assert (
        redact(text).replace("Bearer ***", "***").replace("Basic ***", "***") == clean
    )


@pytest.mark.parametrize(
    "text",
    [
        "Idempotency-Key: must have 1 to 255 characters",
        "paste the whole line, with everything after the #",
        "The worker's token is missing or wrong; send Authorization: Bearer with the "
        "token that the worker printed.",
        "the key: old, rusty and lost",
    ],
)
def test_sentences_stay_as_they_are(text: str) -> None:
    """A word that follows a colon is no secret yet."""
    assert redact(text) == text


@pytest.mark.parametrize("formatter", [SentenceFormatter(), JsonFormatter()])
def test_logs_pass_the_filter(formatter: logging.Formatter) -> None:
    """The sentence, its arguments and the traceback."""
    link = sign_link(TOKEN, "/download/x", 1_800_000_000)
    record = logging.makeLogRecord({"msg": "sent %s", "args": (TOKEN,)})
    try:
        raise ValueError(link)
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    line = formatter.format(record)

    assert "sent ***" in line
    assert link.rpartition("=")[2] not in line


def test_errors_pass_the_filter() -> None:
    """What is told to clients holds no secret either."""
    body = ApiError(Code.INTERNAL, f"broken at {TOKEN}.").body()

    assert json.loads(body.model_dump_json())["message"] == "broken at ***."
