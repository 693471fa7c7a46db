"""The clinic's logo, for the header."""

from django import template

from imsinfo.brand.logo import get_logo

register = template.Library()


@register.simple_tag
def clinic_logo() -> str:
    """Return the logo's drawing, "" where the site's own icon stands in its place."""
    return get_logo().html
