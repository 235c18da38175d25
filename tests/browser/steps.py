"""What people do on the page, as tests say it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

STORY = (
    "A thirsty crow flew over dry fields.\n\nShe saw a tall pitcher.\n\n"
    "She dropped stones into it.\n\nThe water rose, and she drank.\n"
)


def open_page(page: Page, path: str = "/") -> None:
    """Opens a view and waits until a worker is known."""
    page.goto(path)
    expect(page.locator(".worker-badge[data-state=up]")).to_be_visible()


def make_film(page: Page, text: str = STORY, scenes: int = 4) -> str:
    """Fills in a text, asks for ``scenes`` scenes, presses the button; the film's id."""
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill(text)
    open_part(page, "Story")
    page.get_by_label("Scenes").fill(str(scenes))
    page.get_by_role("button", name="Make the film").click()
    return job_id(page)


def open_part(page: Page, title: str) -> None:
    """Unfolds a part of the form."""
    summary = page.locator("details:not([open]) > summary").filter(
        has_text=re.compile(rf"^\s*{title}")
    )
    if summary.count():
        summary.click()


def job_id(page: Page) -> str:
    """The id of the film whose view is open."""
    page.wait_for_url(re.compile(r"#/jobs/"))
    found = re.search(r"#/jobs/([\w-]+)", page.url)
    assert found is not None, page.url
    return found[1]


def finished(page: Page) -> Locator:
    """The view of the film once it is complete."""
    job = page.locator(".job[data-state=complete]")
    job.wait_for()
    return job


def comes_true(page: Page, expression: str) -> None:
    """Waits for it from here: the page's policy forbids Playwright to wait inside."""
    while not page.evaluate(expression):
        page.wait_for_timeout(20)
