"""What must hold while the machine fails, and what an enquiry costs: commands, not tests.

    .venv/bin/python -m tests.faults [--database sqlite] [--only storm,mail] [--json FILE]
    .venv/bin/python -m tests.faults.storm [--database postgresql] [--count 3000] [--clients 12]
    .venv/bin/python -m tests.faults.cost [--database postgresql]
    .venv/bin/python -m tests.faults.slow [--seconds 20] [--connections 200] [--kind body]
    .venv/bin/python -m tests.faults.swap [--seconds 20]

The first runs all others but the cost, one after the other. Each serves a site of its own in a
temporary folder, ends by itself and leaves nothing behind. Those with a choice of database need
PostgreSQL's own programs for it, as on Debian; none needs a network.
"""
