"""The line to connect with: shown once, with a button, and hidden when it is used.

It holds the worker's token, so it must not stay in a saved notebook: the area is emptied
once somebody has connected or the worker is stopped, and the notebook is marked so that
Colab saves no outputs at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from colab_worker.notebook.screen import Panel, escape, say

_PANEL = Panel("moonreel-connect")
_STYLE = "width:100%;font-family:monospace;padding:.4em"
_COPY = (
    "const field = this.previousElementSibling; field.select();"
    "document.execCommand('copy');"  # works in frames where the newer way is forbidden
    "this.textContent = 'Copied'"
)


def show_line(urls: Sequence[str], token: str) -> None:
    """Shows the line; the other addresses lead to the same worker."""
    line = escape(f"{urls[0]}/#token={token}")
    others = "".join(f"<br>also at {escape(url)}" for url in urls[1:])
    _PANEL.show(
        "<b>Paste this line into Moonreel on your own machine</b> "
        f'(the page, or <code>moonreel connect</code>):<br><input readonly value="{line}" '
        f'style="{_STYLE}" onfocus="this.select()"><button onclick="{_COPY}">Copy'
        f"</button>{others}"
    )
    say("The line holds the key to this worker: show it to nobody.")


def hide_line(reason: str) -> None:
    """Empties the area; run the cell again to see the line."""
    _PANEL.replace(escape(reason))
