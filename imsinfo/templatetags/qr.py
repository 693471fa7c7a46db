"""The QR code of an address, for the foot of a printed page."""

from django import template

from imsinfo.qr import qr_svg

register = template.Library()


@register.simple_tag
def qr_code(address: str) -> str:
    """Return the drawing, to stand within a page."""
    return qr_svg(address)
