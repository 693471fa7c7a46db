"""How fast the site is: commands, not tests.

    .venv/bin/python -m tests.benchmarks [--only pages,form] [--seconds 5] [--json FILE]
    .venv/bin/python -m tests.benchmarks.settings   # which settings of the server are the best
    .venv/bin/python -m tests.benchmarks.content    # how the cost of the content grows
    .venv/bin/python -m tests.benchmarks.queue      # staff's pages with 20,000 enquiries

Each serves a site of its own in a temporary folder, asks this machine alone, ends by itself and
leaves nothing behind. wrk and nginx are those of Debian; without them their parts are left out.
"""
