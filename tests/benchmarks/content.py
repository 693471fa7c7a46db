"""How the cost of the content grows: run it with `make bench`.

Copies of the shipped pages, with words of their own, are read, checked, rendered and searched at
three sizes. Printed: milliseconds an article for each step, memory, and the time of a search.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SIZES = (10, 100, 1000)
TODAY = date(2026, 11, 21)
SEARCHES = 400
QUERIES = (
    "neck pain",
    "stiff neck",
    "sore after needles",
    "collapsed lung",
    "does it hurt",
    "nek pian",
    "acupuncture",
    "how many sessions",
    "blood thinner",
    "word1",
)


def make_content(folder: Path, count: int) -> None:
    """Fill a folder with the shipped data files and count articles of the shipped kind."""
    shutil.copytree(ROOT / "content", folder, ignore=shutil.ignore_patterns("README.md"))
    add_articles(folder, count)


def add_articles(folder: Path, count: int) -> None:
    """Write so many articles of the shipped kind into a folder, each with a word of its own."""
    neck = (ROOT / "content" / "conditions" / "neck-pain.md").read_text()
    (folder / "conditions").mkdir(exist_ok=True)
    for number in range(count):
        title = f"title: Condition {number} word{number}"
        text = re.sub(r"(?m)^title: .*$", title, neck, count=1)
        text = re.sub(r"(?m)^order: .*$", f"order: {number % 900 + 20}", text, count=1)
        text = re.sub(r"(?m)^(aliases|related): .*\n", "", text)
        (folder / "conditions" / f"condition-{number}.md").write_text(text)


def timed(action):
    """Return milliseconds and the result of an action."""
    start = time.perf_counter()
    result = action()
    return (time.perf_counter() - start) * 1000, result


def resident() -> float:
    """The memory of this process now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(count: int) -> dict[str, float]:
    """Measure one size. Meant for a process of its own, so that memory is that of this size."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 -- the settings are named above
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    from imsinfo.articles.library import read_library  # noqa: PLC0415
    from imsinfo.articles.proofreading import proofread  # noqa: PLC0415
    from imsinfo.articles.search.index import build_index  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp()) / "content"
    try:
        make_content(folder, count)
        settings.CONTENT_ROOTS = [folder]
        before = resident()
        rendering, library = timed(read_library)
        indexing, index = timed(lambda: build_index(library))
        memory = resident() - before
        checking, _ = timed(lambda: proofread(TODAY))
        queries = [QUERIES[n % len(QUERIES)] for n in range(SEARCHES)]
        searching = sorted(timed(lambda q=q: index.search(q))[0] for q in queries)
    finally:
        shutil.rmtree(folder.parent)
    articles = len(library.articles)
    return {
        "articles": articles,
        "render": rendering / articles,
        "check": checking / articles,
        "index": indexing / articles,
        "memory": memory,
        "p50": statistics.median(searching),
        "p99": searching[int(len(searching) * 0.99)],
    }


def main() -> None:
    if len(sys.argv) > 1:
        row = measure(int(sys.argv[1]))
        print(*(f"{value:10.2f}" if value % 1 else f"{value:10.0f}" for value in row.values()))  # noqa: T201
        return
    heads = ("articles", "render ms", "check ms", "index ms", "MiB", "p50 ms", "p99 ms")
    print(*(f"{head:>10}" for head in heads))  # noqa: T201
    print("(render, check, index: an article; p50, p99: of a search)")  # noqa: T201
    sys.stdout.flush()
    for size in SIZES:
        command = [sys.executable, "-m", "tests.benchmarks.content", str(size)]
        subprocess.run(command, cwd=ROOT, check=True, timeout=600)


if __name__ == "__main__":
    main()
