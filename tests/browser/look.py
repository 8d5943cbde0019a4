"""What a browser shows of a page: what it fetched, what overflows, how clear and how large its text is, its print."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from selenium.webdriver import Chrome

OVERFLOWING = """
const scrolled = new Set(document.querySelectorAll('.wide *'));
const isScreen = matchMedia('screen').matches;
return [...document.querySelectorAll('body *')]
  .filter(one => !(isScreen && scrolled.has(one)) && !one.matches('.skip'))
  .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    || (getComputedStyle(one).display !== 'inline' && one.scrollWidth > one.clientWidth + 1
        && !(isScreen && one.matches('.wide'))))
  .map(one => one.tagName + ' ' + one.textContent.slice(0, 60));
"""
"""Elements that end to the right of the page; on a screen a wide table may be scrolled in a frame of its own."""
TEXTS = """
const parts = colour => colour.match(/[\\d.]+/g).map(Number);
const luminance = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ground = one => {
  for (; one; one = one.parentElement) {
    const colour = parts(getComputedStyle(one).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll('body *')]
  .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
  .filter(one => one.getClientRects().length)
  .map(one => {
    const [low, high] = [luminance(parts(getComputedStyle(one).color)), luminance(ground(one))].sort((a, b) => a - b);
    return [one.tagName + ' ' + one.textContent.slice(0, 40), (high + 0.05) / (low + 0.05),
            parseFloat(getComputedStyle(one).fontSize) * 0.75];
  });
"""
"""Each element with text of its own: its contrast by WCAG 2.2, and the size of its letters in points."""
SHEET_PIXELS = round((210 - 2 * 16) / 25.4 * 96)
"""Of an A4 sheet between the page's margins."""


def opened(browser: Chrome, page: Path, width: int = 1280, media: str = "screen") -> Chrome:
    """Open a page in a window of some width, as it is shown or as it is printed."""
    for log in ("browser", "performance"):
        browser.get_log(log)  # what was logged before is forgotten
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media})
    browser.get(page.as_uri())
    return browser


def fetched(browser: Chrome) -> list[str]:
    """Return the addresses that were asked for since the page was opened, but for what lies in the page itself."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    return [address for address in asked if not address.startswith("data:")]


def complaints(browser: Chrome) -> list[Any]:
    """Return what stands in the console."""
    return browser.get_log("browser")


def overflowing(browser: Chrome) -> list[str]:
    """Return the elements that do not fit into the width."""
    return list(browser.execute_script(OVERFLOWING))


def texts(browser: Chrome) -> list[tuple[str, float, float]]:
    """Return the elements with text: what they say, their contrast, the size of their letters in points."""
    return [tuple(one) for one in browser.execute_script(TEXTS)]


def printed(browser: Chrome) -> PdfReader:
    """Return the page as it prints, on the sheet that it asks for."""
    found = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    return PdfReader(io.BytesIO(base64.b64decode(found["data"])))
