"""What the overview tells staff of the machine, so that they tell whoever runs it."""

from collections.abc import Iterable

from imsinfo.operating.status import Line


def operator_warning() -> str:
    """Return a warning of a disk that fills up, and of wrong proxies; "" where all is well."""
    # Only staff ask for it: no worker needs to load what it takes before.
    from imsinfo.operating.status_lines import disk_lines, proxy_lines  # noqa: PLC0415

    return in_words([*disk_lines(), *proxy_lines()])


def in_words(lines: Iterable[Line]) -> str:
    told = [f"{line.name}: {line.told} ({line.repair})" for line in lines if line.mark]
    return f"Tell whoever runs the site: {'; '.join(told)}." if told else ""
