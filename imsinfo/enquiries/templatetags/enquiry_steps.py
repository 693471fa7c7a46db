"""What the audit holds of a step, in the words that staff know from the pages."""

from django import template

from imsinfo.enquiries.step_words import in_words

register = template.Library()
register.filter(in_words)
