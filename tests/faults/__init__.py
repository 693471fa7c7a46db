"""What must hold while the machine fails, and what an enquiry costs: commands, not tests.

    .venv/bin/python -m tests.faults.storm [--database postgresql] [--count 3000] [--clients 12]
    .venv/bin/python -m tests.faults.cost [--database postgresql]

Each serves a site of its own in a temporary folder, ends by itself and leaves nothing behind.
Both need PostgreSQL's own programs for --database postgresql, as on Debian, and no network.
"""
