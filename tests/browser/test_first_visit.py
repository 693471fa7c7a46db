"""What a first visit costs, and that nothing moves when the typeface arrives."""

import pytest

from tests.extent import some

pytestmark = pytest.mark.browser

# All that is loaded for one page: HTML, CSS, typeface, icons and pictures, with their headers.
FIRST_VISIT = 80_000
# Web Vitals calls up to 0.1 good; the text of a leaflet shall stand still.
LEAST_SHIFT = 0.02
PLACES = ["/", "/conditions/neck-pain/", "/conditions/", "/what-is-ims/", "/glossary/", "/enquiry/"]
SHIFTING = ["/conditions/neck-pain/", "/enquiry/questions/", "/", "/conditions/", "/enquiry/"]
TYPEFACE = '18px "Atkinson Hyperlegible Next"'
ASK_FOR_ICON = """() => fetch(document.querySelector("link[rel=icon]").href)
  .then((icon) => icon.text())"""
# The policy of the site forbids Playwright's own way to wait for something in the page.
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  if (list.getEntriesByName("first-contentful-paint").length) done();
}).observe({type: "paint", buffered: true}))"""
# Two frames later the page is laid out anew and painted.
SWAPPED = """async (typeface) => {
  await document.fonts.ready;
  const frame = () => new Promise(requestAnimationFrame);
  await frame().then(frame);
  return document.fonts.check(typeface);
}"""
HAS_FALLBACK = """() => document.fonts.load('18px "Atkinson fallback"')
  .then((faces) => faces.length > 0, () => false)"""
SUM_OF_SHIFTS = """() => {
  const shifts = [];
  const observer = new PerformanceObserver(() => {});
  observer.observe({type: "layout-shift", buffered: true});
  for (const each of observer.takeRecords()) shifts.push(each.value);
  observer.disconnect();
  return shifts.reduce((sum, each) => sum + each, 0);
}"""


@pytest.fixture
def loading(browser):
    """Return a function that makes a page of the browser, with nothing kept from before."""
    contexts = []

    def loading(width):
        context = browser.new_context(viewport={"width": width, "height": 800})
        contexts.append(context)
        return context.new_page()

    yield loading
    for context in contexts:
        context.close()


def icon_too(page):
    """Headless browsers show no tab, and so do not ask for its icon."""
    page.evaluate(ASK_FOR_ICON)


@pytest.mark.parametrize("path", some(PLACES, 2))
def test_first_visit_is_light(site, loading, path):
    page = loading(360)
    answers = {}
    page.on("requestfinished", lambda request: answers.setdefault(request.url, request))
    page.goto(site.url + path, wait_until="networkidle")
    icon_too(page)
    sizes = {url: request.sizes() for url, request in answers.items()}
    loaded = {
        url: each["responseBodySize"] + each["responseHeadersSize"] for url, each in sizes.items()
    }
    assert sum(loaded.values()) <= FIRST_VISIT, loaded


@pytest.mark.parametrize("width", some([360, 1280], 1))
@pytest.mark.parametrize("place", some(SHIFTING, 2))
def test_nothing_moves_when_the_typeface_comes_late(site, loading, place, width):
    page = loading(width)
    held = []
    # Playwright takes no method of a list.
    page.route("**/*.woff2", lambda route: held.append(route))  # noqa: PLW0108
    page.goto(site.url + place, wait_until="commit")
    page.evaluate(PAINTED)
    if not page.evaluate(HAS_FALLBACK):
        pytest.skip("NEITHER ARIAL NOR ITS LIKE IS HERE: apt-get install fonts-liberation")
    was_there = page.evaluate("(typeface) => document.fonts.check(typeface)", TYPEFACE)
    for route in held:
        route.continue_()
    assert (was_there, page.evaluate(SWAPPED, TYPEFACE)) == (False, True)
    assert page.evaluate(SUM_OF_SHIFTS) <= LEAST_SHIFT
