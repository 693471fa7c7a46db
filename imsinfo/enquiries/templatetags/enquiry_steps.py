"""What the audit holds of a step, in the words that staff know from the pages."""

from django import template

from imsinfo.enquiries.choices import State
from imsinfo.enquiries.workflow import STEPS

register = template.Library()
ARROW = " → "


@register.filter
def in_words(detail: str) -> str:
    """Return the states of a step in words: "wait: new → in-review" → "New → In review".

    Whatever is not the detail of a step comes back as it is.
    """
    key, _, states = detail.partition(": ")
    words = dict(State.choices)
    if key not in STEPS or not all(each in words for each in states.split(ARROW)):
        return detail
    return ARROW.join(words[each] for each in states.split(ARROW))
