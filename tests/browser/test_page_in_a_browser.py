"""The page for a board in a real browser: it fits, can be read and tabbed through, fetches nothing, prints to A4."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys

from tests.browser.look import SHEET_PIXELS, complaints, fetched, opened, overflowing, printed, texts

pytestmark = pytest.mark.browser
NAMES = ("one", "illustrative", "both", "changed")


@pytest.mark.parametrize("name", NAMES)
def test_it_renders_without_a_word_in_the_console_and_fetches_nothing(
    browser: Chrome, pages: dict[str, Path], name: str
) -> None:
    """The only address asked for is that of the page; every picture in it is drawn."""
    opened(browser, pages[name])
    assert fetched(browser) == [pages[name].as_uri()]
    assert complaints(browser) == []
    sizes = browser.execute_script("return [...document.images].map(one => [one.complete, one.naturalWidth])")
    assert len(sizes) >= 2
    assert all(complete and width > 100 for complete, width in sizes)


@pytest.mark.parametrize(("width", "media"), [(1280, "screen"), (380, "screen"), (SHEET_PIXELS, "print")])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_overflows(browser: Chrome, pages: dict[str, Path], name: str, width: int, media: str) -> None:
    """On a desk, on a telephone and on paper; on a telephone a wide table scrolls in a frame of its own."""
    opened(browser, pages[name], width, media)
    assert overflowing(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("name", NAMES)
def test_text_is_clear_and_large_enough(browser: Chrome, pages: dict[str, Path], name: str, media: str) -> None:
    """A contrast of 4.5 or more as the browser computes the colours; 9 points or more."""
    opened(browser, pages[name], SHEET_PIXELS if media == "print" else 1280, media)
    found = texts(browser)
    assert len(found) > 200
    assert [one for one in found if one[1] < 4.5] == []
    assert [one for one in found if one[2] < 9 - 1e-6] == []


def test_the_keyboard_reaches_the_answer_at_once_and_all_else_in_order(browser: Chrome, pages: dict[str, Path]) -> None:
    """The first stop is the way to the answer, seen once it has the focus; the next ones follow the page."""
    opened(browser, pages["one"])
    keys = ActionChains(browser)
    keys.send_keys(Keys.TAB).perform()
    first = browser.switch_to.active_element
    assert first.text == "Skip to the answer"
    assert first.location["x"] >= 0
    keys.send_keys(Keys.ENTER).perform()
    assert browser.current_url.endswith("#answer")
    order = []
    for _ in range(12):
        keys.send_keys(Keys.TAB).perform()
        focused = browser.switch_to.active_element
        order.append(
            browser.execute_script("return [...document.querySelectorAll('*')].indexOf(arguments[0])", focused)
        )
    answer = "return [...document.querySelectorAll('*')].indexOf(document.getElementById('answer'))"
    assert order == sorted(set(order)), "each once, in the order of the page"
    assert order[0] > browser.execute_script(answer)


@pytest.mark.parametrize("name", NAMES)
def test_it_prints_to_a4_with_the_answer_and_what_must_be_said(
    browser: Chrome, pages: dict[str, Path], name: str
) -> None:
    """Every sheet is A4; the first holds the answer and both ranges; every sheet of an illustrative plan says so."""
    opened(browser, pages[name])
    lead, ranges = (
        browser.execute_script(f"return document.querySelector('.{part}').textContent") for part in ("lead", "ranges")
    )
    pdf = printed(browser)
    sizes = {(round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height))) for sheet in pdf.pages}
    assert sizes == {(595, 842)}
    sheets = [" ".join(sheet.extract_text().split()) for sheet in pdf.pages]
    assert lead in sheets[0]
    assert ranges in sheets[0]
    assert all(("Illustrative: see the first page" in sheet) == (name != "one") for sheet in sheets)
    assert all(f"of {len(sheets)}" in sheet for sheet in sheets)
    assert all(len(sheet) > 100 for sheet in sheets), "no sheet is blank"


def test_what_is_wrong_would_be_seen(browser: Chrome, pages: dict[str, Path], tmp_path: Path) -> None:
    """The twin: a page that fetches, complains, overflows, whispers and prints to another sheet."""
    text = pages["one"].read_text(encoding="utf-8").replace("default-src 'none'", "default-src *")
    wrong = '<img src="http://127.0.0.1:9/x.png" alt=""><p style="width: 3000px; color: #999; font-size: 8pt">Wide</p>'
    page = tmp_path / "wrong.html"
    page.write_text(text.replace("</main>", f"{wrong}</main>").replace("size: A4", "size: A5"), encoding="utf-8")
    opened(browser, page, SHEET_PIXELS, "print")
    assert "http://127.0.0.1:9/x.png" in fetched(browser) or complaints(browser)
    assert any("Wide" in one for one in overflowing(browser))
    (found,) = (one for one in texts(browser) if one[0] == "P Wide")
    assert found[1] < 4.5
    assert found[2] < 9
    assert round(float(printed(browser).pages[0].mediabox.width)) < 595
