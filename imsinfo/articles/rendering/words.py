"""Words from data files on a page: escaped, clinic fields filled, citations behind them."""

import re
from collections.abc import Iterable
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from markdown.util import AtomicString

from imsinfo.clinic import CLINIC_FIELD, EMAIL_FIELDS, PHONE_FIELDS, Clinic, phone_href

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
# Marks a citation until it is numbered, and a figure or term until its place is known.
CITED, FIGURE, TERM, WORDS = "data-cited", "data-figure", "data-term", "data-words"


def filled(text: str, clinic: Clinic) -> SafeString:
    """Return text as HTML with its clinic fields filled in; phone numbers can be called."""
    parts, end = [], 0
    for found in CLINIC_FIELD.finditer(text):
        parts += [conditional_escape(text[end : found.start()]), _field_html(found[1], clinic)]
        end = found.end()
    parts.append(conditional_escape(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 -- every part is escaped above


def _field_html(name: str, clinic: Clinic) -> SafeString:
    value = clinic.fields[name]
    address = _href(name, value)
    if address:
        return format_html('<a href="{}">{}</a>', address, value)
    return conditional_escape(value)


def _href(name: str, value: str) -> str:
    """Where a field leads: to a call, or to a message; "" for all others."""
    if name in PHONE_FIELDS:
        return phone_href(value)
    is_email = name in EMAIL_FIELDS and EMAIL.fullmatch(value)
    return f"mailto:{quote(value, safe='@+')}" if is_email else ""


def field_element(name: str, clinic: Clinic) -> Element:
    """Return a clinic field as part of a text; one can call a phone number and write to an
    email address."""
    value = clinic.fields[name]
    address = _href(name, value)
    element = Element("a", {"href": address}) if address else Element("span")
    element.text = AtomicString(value)
    return element


def add_words(parent: Element, text: str, clinic: Clinic) -> None:
    """Write text at the end of an element, its clinic fields filled; Markdown leaves it alone."""
    end = 0
    for found in CLINIC_FIELD.finditer(text):
        _add_text(parent, text[end : found.start()])
        parent.append(field_element(found[1], clinic))
        end = found.end()
    _add_text(parent, text[end:])


def add_citations(parent: Element, keys: Iterable[str]) -> None:
    """Write a mark for each source at the end of an element; it gets its number later."""
    for key in keys:
        _add_text(parent, " ")
        SubElement(parent, "sup", {CITED: key})


def _add_text(parent: Element, text: str) -> None:
    # A string loses its mark as soon as another is added to it.
    if len(parent):
        parent[-1].tail = AtomicString((parent[-1].tail or "") + text)
    else:
        parent.text = AtomicString((parent.text or "") + text)
