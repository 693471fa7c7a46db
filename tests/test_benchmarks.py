"""The pure parts of the benchmarks: how figures are made of what was measured."""

import argparse
import os

import pytest

from tests.benchmarks import client, content, enquiring, nginx, pages, preparing, settings
from tests.benchmarks.__main__ import NAMES, chosen
from tests.benchmarks.delivery import Needs
from tests.benchmarks.figures import (
    WIDTH,
    Figure,
    Part,
    Sample,
    Table,
    for_json,
    laid_out,
    middle,
    ratio,
    shown,
)
from tests.benchmarks.preparing import Cost
from tests.benchmarks.processes import Memory, Process, read_rollup, read_stat
from tests.benchmarks.site import Answer, BenchmarkFault
from tests.benchmarks.wrk import Run, read_run
from tests.nginx import set_up


def sample(requests=1000, seconds=2.0, cpu=0.5, p99=8.0, faults=0):
    return Sample(requests, seconds, cpu, 1.0, p99, faults)


def test_sample_tells_requests_a_second():
    assert sample(requests=900, seconds=1.5).rate == 600


def test_sample_tells_microseconds_of_cpu_a_request():
    assert sample(requests=2000, cpu=0.5).cost == 250


def test_sample_without_an_answer_costs_without_end():
    assert sample(requests=0).cost == float("inf")


def test_middle_is_the_median_of_the_rounds():
    assert middle([sample(p99=p99) for p99 in (90.0, 2.0, 5.0)], pages.SLOW) == 5.0


def test_ratio_compares_each_round_with_its_own():
    ours = [sample(requests=each) for each in (100, 500, 900)]
    theirs = [sample(requests=each) for each in (200, 500, 300)]
    # Of the medians, 500 and 300, it would be 1.67.
    assert ratio(ours, theirs, pages.RATE) == 1.0


def test_ratio_to_nothing_is_without_end():
    assert ratio([sample()], [sample(requests=0)], pages.RATE) == float("inf")


def test_ratio_refuses_rounds_without_a_partner():
    with pytest.raises(ValueError, match="shorter"):
        ratio([sample(), sample()], [sample()], pages.RATE)


@pytest.mark.parametrize(
    ("value", "bounds", "verdict"),
    [
        (2.5, {"most": 2.5}, "held"),
        (2.51, {"most": 2.5}, "MISSED"),
        (0.45, {"least": 0.45}, "held"),
        (0.44, {"least": 0.45}, "MISSED"),
        (0, {"most": 0}, "held"),
        (9.0, {}, ""),
        (float("nan"), {"most": 1.0}, "MISSED"),
        (float("nan"), {"least": 1.0}, "MISSED"),
    ],
)
def test_figure_is_judged_by_what_is_required(value, bounds, verdict):
    assert Figure("it", value, **bounds).verdict == verdict


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("site", "site"),
        (0, "0"),
        (14600, "14,600"),
        (0.0, "0.00"),
        (0.0034, "0.003"),
        (0.1234, "0.12"),
        (12.34, "12.3"),
        (123.4, "123"),
        (28847.78, "28,848"),
        (float("inf"), "-"),
    ],
)
def test_value_is_shown_with_as_many_digits_as_help(value, text):
    assert shown(value) == text


def test_table_has_its_first_column_to_the_left_and_the_others_to_the_right():
    assert laid_out(Table(("page", "ms"), [("home", 1.5), ("a longer name", 250.0)])) == [
        "page             ms",
        "-------------------",
        "home           1.50",
        "a longer name   250",
    ]


def test_table_that_is_too_wide_loses_the_end_of_its_first_column():
    table = Table(("page", "ms"), [("x" * 200, 1.5)])
    assert {len(line) <= WIDTH for line in laid_out(table)} == {True}
    assert laid_out(table)[-1].endswith("x  1.50")


def test_part_tells_what_does_not_hold():
    part = Part("Pages", figures=[Figure("p99, ms", 20.0, most=15.0), Figure("seen", 1.0)])
    part.faults = ["home on nginx: answered with 404, not 200"]
    assert part.missed() == [
        "Pages: p99, ms: 20.0, at most 15.0 required",
        "Pages: home on nginx: answered with 404, not 200",
    ]


def test_part_prints_what_is_required_beside_each_figure():
    part = Part("Pages", figures=[Figure("p99, ms", 20.0, most=15.0)], notes=["2 workers"])
    assert [line.split() for line in part.lines()[-2:]] == [
        ["p99,", "ms", "20.0", "at", "most", "15.0", "MISSED"],
        ["(2", "workers)"],
    ]


def test_part_becomes_json_with_all_that_was_measured():
    part = Part("Pages", figures=[Figure("p99", 20.0, most=15.0)], raw={"samples": [1]})
    assert part.as_json() == {
        "figures": [{"name": "p99", "value": 20.0, "most": 15.0, "least": None, "held": False}],
        "faults": [],
        "notes": [],
        "samples": [1],
    }


def test_number_that_json_lacks_becomes_null():
    assert for_json({"a": [1.5, float("inf")], "b": (float("nan"), "x")}) == {
        "a": [1.5, None],
        "b": [None, "x"],
    }


# Pages at the door.

MEASURED = (
    *("article", "article, 304", "article, own client", "article, HEAD, own client"),
    "form, first page",
)


def samples_of(servers=(pages.SITE, pages.NGINX, pages.USUAL)):
    return {(page, server): [sample()] * 3 for page in MEASURED for server in servers}


def judged(samples):
    return {figure.name: figure.value for figure in pages.figures(samples)}


def test_article_is_compared_with_nginx_and_with_the_usual_way():
    samples = samples_of()
    samples["article", pages.SITE] = [sample(requests=500, cpu=0.5)]
    samples["article", pages.NGINX] = [sample(requests=1000, cpu=0.5)]
    samples["article", pages.USUAL] = [sample(requests=50, cpu=0.5)]
    samples["form, first page", pages.SITE] = [sample()]
    samples["article, 304", pages.SITE] = [sample()]
    found = list(judged(samples).values())[:3]
    assert found == [2.0, 0.5, 0.1]


def test_pages_without_nginx_are_judged_by_all_else():
    with_nginx, without = (
        judged(samples_of()),
        judged(samples_of((pages.SITE, pages.USUAL))),
    )
    assert [name for name in with_nginx if name not in without] == [
        "article: CPU to nginx's",
        "article: requests a second to nginx's (aim 0.90)",
    ]


def test_one_bad_answer_of_any_server_is_seen():
    samples = samples_of()
    samples["article", pages.NGINX] = [sample(), sample(faults=1), sample()]
    assert judged(samples)["requests without a good answer"] == 1


def test_table_of_the_pages_fits_its_width_with_the_largest_numbers():
    large = [sample(requests=999_999, seconds=1.0, cpu=5000.0, p99=99_999.0, faults=99_999)]
    lines = laid_out(pages.table(dict.fromkeys(samples_of(), large)))
    # A name that is cut would stand for a table that is too wide.
    whole = {page for page in MEASURED if any(line.startswith(f"{page}  ") for line in lines)}
    assert (whole, max(map(len, lines)) <= WIDTH) == ({*MEASURED}, True)


def answer(body=b"", **headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(200, named, body)


def test_targets_name_the_stylesheet_of_the_page():
    html = b'<link rel="stylesheet" href="/static/css/site.0123.css">'
    assert pages.targets(answer(html))[-1].path == "/static/css/site.0123.css"


def test_page_without_a_stylesheet_is_a_fault():
    with pytest.raises(BenchmarkFault, match="names no stylesheet"):
        pages.targets(answer(b"<p>"))


# The other servers and clients.


def test_nginx_is_given_the_headers_of_the_site_and_writes_its_own():
    given = answer(Content_Type="text/html; charset=utf-8", ETag='"1"', Vary="Accept-Encoding")
    text = nginx.configuration({"/a/": given}, 8123)
    [line] = [line.strip() for line in text.splitlines() if "add_header" in line]
    assert line == 'add_header Vary "Accept-Encoding";'
    assert 'default_type "text/html; charset=utf-8";' in text


def test_nginx_has_the_workers_that_it_is_given(tmp_path):
    set_up(tmp_path, "", workers=3)
    assert "worker_processes 3;" in (tmp_path / "nginx.conf").read_text()


@pytest.mark.parametrize(
    ("value", "written"), [('a "b"', r'"a \"b\""'), ("a\\b", r'"a\\b"'), ("a; b", '"a; b"')]
)
def test_header_is_quoted_for_nginx(value, written):
    assert nginx.quoted(value) == written


def test_header_that_nginx_would_read_otherwise_is_refused():
    with pytest.raises(BenchmarkFault, match="dollar"):
        nginx.quoted("$host")


def test_path_that_nginx_would_read_otherwise_is_refused():
    with pytest.raises(BenchmarkFault, match="plain path"):
        nginx.configuration({"/a b/ {": answer()}, 8123)


def test_last_line_of_wrk_is_read():
    printed = (
        "Running 2s test\nRequests/sec: 7.00\n\n"
        '{"requests": 14, "microseconds": 2000000, "p50": 1500, "p99": 9000, "faults": 3}\n'
    )
    assert read_run(printed) == Run(14, 2.0, 1.5, 9.0, 3)


@pytest.mark.parametrize(
    ("received", "body", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\n", 0, False),
        (b"HTTP/1.1 200 OK\r\n\r\n", 0, True),
        (b"HTTP/1.1 200 OK\r\n\r\nab", 3, False),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", 3, True),
    ],
)
def test_answer_is_whole_with_its_last_byte(received, body, whole):
    assert client.is_whole(received, body) == whole


def test_request_ends_with_an_empty_line():
    assert client.request("HEAD", "/a/", {"Host": "b"}) == b"HEAD /a/ HTTP/1.1\r\nHost: b\r\n\r\n"


# Processes.


def test_cpu_of_a_process_counts_its_children_that_have_ended():
    ticks = os.sysconf("SC_CLK_TCK")
    fields = f"S 1 77 77 0 -1 0 0 0 0 0 {1 * ticks} {2 * ticks} {3 * ticks} {4 * ticks} 20"
    assert read_stat(f"42 (a) b (c) {fields}") == Process(42, 1, 77, 10.0)


def test_memory_is_read_in_mebibytes():
    text = "00400000-7ffc rollup\nRss:    2048 kB\nPss:    1024 kB\nPss_Anon:    512 kB\n"
    assert read_rollup(text) == Memory(2.0, 1.0)


# The other parts.


def test_a_further_article_costs_what_two_sizes_differ_by():
    costs = {50: Cost(1, 2.0), 200: Cost(2, 3.5), 1000: Cost(6, 11.5)}
    found = [figure.value for figure in preparing.figures(costs, count=2)]
    assert found == [12.0, 10.0, 10.0, 1.0]


def test_articles_that_grow_dearer_are_seen():
    costs = {50: Cost(1, 2.0), 200: Cost(2, 3.5), 1000: Cost(6, 27.5)}
    growth = preparing.figures(costs, count=2)[-1]
    assert (growth.value, growth.held) == (3.0, False)


PAGE = """
<link rel="canonical" href="/x/"><link rel="stylesheet" href="/s.css">
<link rel="stylesheet" media="print" href="/p.css"><link rel="icon" href="/i.svg">
<link rel="alternate" href="/feed/"><img src="/a.png"><img src="/a.png">
<script type="application/ld+json">{}</script>
"""


def test_first_view_loads_what_the_page_names_once_each():
    assert Needs(PAGE).loaded == {"/s.css", "/p.css", "/i.svg", "/a.png"}


def test_first_view_waits_for_the_sheets_of_the_screen():
    assert Needs(PAGE).sheets == ["/s.css"]


PRINTED = """round 1
  bare inserts a second                         900.00
  p95 of the senders                              1.50
  p95 of the senders                              2.50
  VIOLATION round 1: answered with [503] …, 1 times
  VIOLATION p95 of the senders above 5.0 s
  VIOLATION 0.050 of the bare inserts a second, 0.08 required
"""


def test_figures_of_another_program_are_read():
    assert enquiring.told_by(PRINTED) == {
        "bare inserts a second": [900.0],
        "p95 of the senders": [1.5, 2.5],
    }


def test_worst_round_of_another_program_counts():
    [figure] = enquiring.cost_figures(enquiring.told_by(PRINTED))
    assert (figure.name, figure.value) == ("p95 of the senders", 2.5)


def test_violations_of_another_program_are_kept_but_those_of_figures():
    assert enquiring.violations(PRINTED) == ["round 1: answered with [503] …, 1 times"]


def test_articles_are_added_each_with_a_title_of_its_own(tmp_path):
    content.add_articles(tmp_path, 3)
    files = sorted(tmp_path.glob("conditions/*.md"))
    titles = {line for file in files for line in file.read_text().splitlines() if "title:" in line}
    assert (len(files), len(titles)) == (3, 3)


# What may be chosen.


def test_parts_are_chosen_in_the_order_of_the_report():
    assert chosen("memory, pages") == ("pages", "memory")


def test_unknown_part_is_refused_with_those_that_there_are():
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        chosen("pages,nosuch")
    assert str(refused.value) == f"there is no part nosuch. Use: {', '.join(NAMES)}"


def test_command_of_the_server_gets_the_numbers_of_a_choice():
    command = [*("granian", "--workers", "2", "--blocking-threads", "128")]
    command += [*("--backpressure", "512", "--no-ws")]
    assert settings.changed(command, settings.Choice(3, 16, 64)) == [
        *("granian", "--workers", "3", "--blocking-threads", "16", "--backpressure", "64"),
        "--no-ws",
    ]


def test_choices_hold_as_many_requests_as_threads():
    found = settings.choices((1,), (32, 128), (64, 512))
    assert found == [(1, 32, 64), (1, 32, 512), (1, 128, 512)]


@pytest.mark.parametrize(
    ("here", "count", "servers", "others"),
    [([0, 1], 1, {0}, {1}), ([0, 1], 2, {0, 1}, {0, 1}), ([2, 5, 7], 2, {2, 5}, {7})],
)
def test_server_shares_its_cores_only_where_it_has_all(here, count, servers, others):
    assert settings.shared(here, count) == (servers, others)


def test_choice_that_serves_most_stands_first():
    found = [
        settings.Found(settings.Choice(each, 16, 64), {"article": sample(requests=each)}, 50.0)
        for each in (1, 3, 2)
    ]
    rows = settings.table(found, "article").rows
    assert [row[0] for row in rows] == ["3 ×  16, 64", "2 ×  16, 64", "1 ×  16, 64"]
