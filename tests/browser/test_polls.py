"""The last looks after the worker, as dots and as a table."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.steps import open_page
from tests.browser.test_everyone import violations
from tests.browser.watched_page import Watched


def test_how_the_last_looks_ended(rough_page: Watched) -> None:
    """A dot for each; what went wrong has another shape, and the words say the same."""
    page = rough_page.page
    open_page(page, "/#/connection")
    strip = page.get_by_role("img", name="The last looks after the worker")
    expect(strip.locator("g.up").nth(1)).to_be_attached()
    expect(strip.locator("g.down")).to_have_count(0)
    summary = page.locator("#polls-summary")
    expect(summary).to_have_text(re.compile(r"^(\d+) of \1 found it; .* \d+ ms"))
    page.route("**/health", lambda route: route.abort())
    expect(strip.locator("g.down path").first).to_be_visible()
    page.unroute("**/health")
    assert violations(page) == []

    page.get_by_role("checkbox", name="as a table").check()
    rows = page.locator(".polls tbody tr")
    lost = rows.filter(has_text="Moonreel did not answer")
    expect(lost.first.locator("td").last).to_have_text("\N{EN DASH}")
    expect(rows.filter(has_text="it answered").first).to_contain_text(" ms")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
