"""What a person answers who has nothing special to tell, as a browser sends it."""

ANSWERS = {
    "adult": "yes",
    "area": "neck",
    "duration": "over-a-year",
    "caution": "no",
    "name": "Zora Quillfeather",
    "reply_by": "phone",
    "phone": "604 555 0177",
    "may_leave_message": "yes",
    "place": "clinic",
    "consent": "on",
}
