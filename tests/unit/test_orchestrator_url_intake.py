"""The address of a worker is found in whatever people paste."""

from __future__ import annotations

import random

import pytest

from orchestrator.errors import NotAnAddress
from orchestrator.url_intake import dig_address

TOKEN = "k3Jx-9_zQw8mTn2pLr5vYb7cDf1gHs4aEu6iOo0xKq_"

ACCEPTED = [
    ("https://abc-def.ngrok-free.app", "https://abc-def.ngrok-free.app"),
    ("https://abc.ngrok-free.app/", "https://abc.ngrok-free.app"),
    ("https://abc.ngrok-free.app/status/1?x=2", "https://abc.ngrok-free.app"),
    ("  https://abc.ngrok.io\n", "https://abc.ngrok.io"),
    ("http://abc.ngrok.io", "https://abc.ngrok.io"),
    ("HTTPS://ABC.Ngrok-Free.DEV", "https://abc.ngrok-free.dev"),
    ("abc.ngrok.app", "https://abc.ngrok.app"),
    ("**https://abc.ngrok.dev**", "https://abc.ngrok.dev"),
    ("_https://abc.ngrok.dev_", "https://abc.ngrok.dev"),
    ("`https://abc.ngrok.dev`", "https://abc.ngrok.dev"),
    ("[worker](https://abc.ngrok.dev)", "https://abc.ngrok.dev"),
    ("<https://abc.ngrok.dev>", "https://abc.ngrok.dev"),
    ("“https://abc.ngrok.dev”", "https://abc.ngrok.dev"),
    ("\ufeffhttps://abc.ngrok.dev\u200b", "https://abc.ngrok.dev"),
    (
        'NgrokTunnel: "https://ab12.ngrok-free.app" -> "http://localhost:5001"',
        "https://ab12.ngrok-free.app",
    ),
    (
        'NgrokTunnel: "http://ab12.ngrok.io" -> "http://localhost:5001"',
        "https://ab12.ngrok.io",
    ),
    (
        "Open http://localhost:5001 or https://abc.ngrok.dev.",
        "https://abc.ngrok.dev",
    ),
    (
        "see https://dashboard.ngrok.com/get-started, url: https://x.ngrok.app!",
        "https://x.ngrok.app",
    ),
    (
        "|  https://four-random-words.trycloudflare.com  |",
        "https://four-random-words.trycloudflare.com",
    ),
    ("https://gpu.example.org:8443/a/b", "https://gpu.example.org:8443"),
    ("https://gpu.example.org:443", "https://gpu.example.org"),
    ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
    ("http://localhost:5001", "http://localhost:5001"),
    ("localhost:5001", "http://localhost:5001"),
    ("127.0.0.1:5001", "http://127.0.0.1:5001"),
    ("http://127.0.0.1:5001/health", "http://127.0.0.1:5001"),
    ("http://[::1]:5001", "http://[::1]:5001"),
    ("http://192.168.1.20:5001", "http://192.168.1.20:5001"),
    ("http://10.0.0.7", "http://10.0.0.7"),
    ("http://172.16.0.9:80", "http://172.16.0.9"),
    ("http://[fd00::7]:5001", "http://[fd00::7]:5001"),
    ("https://8.8.8.8", "https://8.8.8.8"),
    ("COLAB_API_URL=https://abc.ngrok.app", "https://abc.ngrok.app"),
    ("url=https://abc.ngrok.app;", "https://abc.ngrok.app"),
]

REFUSED = [
    "",
    "   ",
    "hello there",
    "paste-here",
    "ftp://abc.ngrok.app",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://example.org",
    "http://8.8.8.8:5001",
    "https://user:secret@abc.ngrok.app",
    "https://0.0.0.0:5001",
    "http://169.254.169.254/latest/meta-data",
    "http://[fe80::1]:5001",
    "http://224.0.0.1",
    "http://2130706433:5001",
    "http://0x7f.1:5001",
    "http://127.1:5001",
    "http://worker:5001",
    "https://abc.ngrok.app:99999",
    "https://",
    "https://-bad-.example",
    "https://dashboard.ngrok.com/get-started",
    "http://[::ffff:8.8.8.8]:5001",
    "https://" + "a" * 300 + ".example",
]


@pytest.mark.parametrize(("text", "url"), ACCEPTED)
def test_digs_the_address_out(text: str, url: str) -> None:
    """Every way in which people paste an address ends in scheme and host alone."""
    assert dig_address(text).url == url


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_with_a_tip(text: str) -> None:
    """What cannot be a worker is refused with a sentence and a tip."""
    with pytest.raises(NotAnAddress) as caught:
        dig_address(text)

    assert str(caught.value).endswith(".")
    assert caught.value.tip


@pytest.mark.parametrize(
    "text",
    [
        f"https://abc.ngrok.app/#token={TOKEN}",
        f"https://abc.ngrok.app#token={TOKEN}",
        f"https://abc.ngrok.app/?token={TOKEN}",
        f"Connect: **https://abc.ngrok.app/#token={TOKEN}**",
        f'"https://abc.ngrok.app/#token={TOKEN}".',
        f"http://abc.ngrok.app/x/y#a=1&token={TOKEN}",
        "12:00:00 INFO tunnel up at https://abc.ngrok.app\n"
        f"connect: https://abc.ngrok.app/#token={TOKEN}\n",
    ],
)
def test_a_connect_line_carries_the_token(text: str) -> None:
    """The token comes out of the fragment and stays out of the address."""
    address = dig_address(text)

    assert (address.url, address.token) == ("https://abc.ngrok.app", TOKEN)
    assert TOKEN not in repr(address)


def test_any_wrapping_of_an_address_is_understood() -> None:
    """Random noise around each accepted form never changes what is found."""
    noise = random.Random(7)
    wraps = [
        ("", ""),
        ("Here: ", " ok?"),
        ("**", "**"),
        ("`", "`"),
        ("\n\n# comment\n", "\n"),
        ("(", ")"),
        ("\t", "\r\n"),
        ("\u200b", "\u200e"),
        ("Public URL -> ", ","),
    ]
    for text, url in ACCEPTED:
        for _ in range(4):
            before, after = noise.choice(wraps)
            assert dig_address(f"{before}{text}{after}").url == url, (before, text)


def test_random_text_never_raises_anything_else() -> None:
    """Whatever is pasted gives an address or a refusal, never another error."""
    noise = random.Random(11)
    alphabet = "htps:/[]@.#?=&%0x19afzZ ngrok-_\\\u202e\ud7ff\"'<>|~é😀\x00\n"
    found = 0
    for _ in range(3000):
        text = "".join(noise.choice(alphabet) for _ in range(noise.randrange(60)))
        try:
            found += bool(dig_address("https://" + text).url)
        except NotAnAddress as refusal:
            assert refusal.tip
    assert found
