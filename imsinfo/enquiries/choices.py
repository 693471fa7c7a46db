"""The answers that can be chosen, in the words people see."""

from django.db.models import TextChoices


class Area(TextChoices):
    HEAD = "head", "Head or jaw"
    NECK = "neck", "Neck"
    SHOULDER = "shoulder", "Shoulder"
    UPPER_BACK = "upper-back", "Upper back or between the shoulder blades"
    CHEST = "chest", "Chest or ribs"
    ARM = "arm", "Arm or elbow"
    HAND = "hand", "Wrist or hand"
    LOWER_BACK = "lower-back", "Lower back"
    HIP = "hip", "Buttock, hip or groin"
    THIGH = "thigh", "Thigh or knee"
    LEG = "leg", "Lower leg, ankle or foot"
    SEVERAL = "several", "Several places, or all over"


class Duration(TextChoices):
    UNDER_SIX_WEEKS = "under-6-weeks", "Less than 6 weeks"
    UNDER_THREE_MONTHS = "under-3-months", "6 weeks to 3 months"
    UNDER_A_YEAR = "under-a-year", "3 months to a year"
    OVER_A_YEAR = "over-a-year", "More than a year"
    COMES_AND_GOES = "comes-and-goes", "It comes and goes"


class Impact(TextChoices):
    LITTLE = "little", "A little"
    SOME = "some", "It stops some things"
    MOST = "most", "It stops most things"


class Seen(TextChoices):
    DOCTOR = "doctor", "A doctor"
    PHYSIOTHERAPIST = "physiotherapist", "A physiotherapist"
    BOTH = "both", "Both"
    NEITHER = "neither", "Neither"


class Caution(TextChoices):
    """Whether anything may make needling less safe; all but NO are for a clinician."""

    NO = "no", "No"
    YES = "yes", "Yes"
    UNSURE = "unsure", "Not sure"
    BY_PHONE = "by-phone", "I would rather say by phone"


class Contact(TextChoices):
    ASKER = "asker", "Me"
    PERSON = "person", "The person with the pain"


class ReplyBy(TextChoices):
    PHONE = "phone", "Phone call"
    EMAIL = "email", "Email"
    TEXT = "text", "Text message"


class Place(TextChoices):
    CLINIC = "clinic", "At the clinic"
    VIDEO = "video", "By video first (needling needs a visit)"


class BestTime(TextChoices):
    MORNING = "morning", "Morning"
    AFTERNOON = "afternoon", "Afternoon"
    EVENING = "evening", "Late in the day"


class YesNo(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"


class State(TextChoices):
    """Where an enquiry stands with the staff."""

    NEW = "new", "New"
    IN_REVIEW = "in-review", "In review"
    AWAITING_CLINICIAN = "awaiting-clinician", "Awaiting clinician"
    AWAITING_PATIENT = "awaiting-patient", "Awaiting patient"
    BOOKED = "booked", "Booked"
    CLOSED = "closed", "Closed"


class ClosedReason(TextChoices):
    BOOKED = "booked", "Booked"
    ADVISED = "advised", "Advised to seek care elsewhere"
    NOT_SUITABLE = "not-suitable", "Not suitable"
    WITHDREW = "withdrew", "Withdrew"
    UNREACHED = "unreached", "Could not reach"
    NO_CAPACITY = "no-capacity", "No capacity, or out of area"
    UNDER_18 = "under-18", "Under 18"
    URGENT_CARE = "urgent-care", "Sent to urgent care"
    DUPLICATE = "duplicate", "Duplicate"
    SPAM = "spam", "Spam"
    TEST = "test", "Test"


class LookupKind(TextChoices):
    NAME = "name", "Word of a name"
    PHONE = "phone", "Phone number"
    EMAIL = "email", "Email address"
    ANSWERS = "answers", "All answers together"


class MailKind(TextChoices):
    STAFF = "staff", "Notice to staff"
    RECEIPT = "receipt", "Receipt"
    DIGEST = "digest", "Digest for staff"


class Channel(TextChoices):
    """How an enquiry came to the clinic."""

    ONLINE = "online", "Online form"
    CALL = "call", "Phone call"
    VISIT = "visit", "Visit"
    LETTER = "letter", "Letter or paper form"


class ClinicianAnswer(TextChoices):
    """What a clinician says to a caution or a flag."""

    BOOK = "book", "OK to book an assessment"
    PHONE = "phone", "I will phone first"
    DOCTOR = "doctor", "See a doctor first"
    NOT_SUITABLE = "not-suitable", "Not suitable"


# In place of an answer, from the day on which staff have asked for one.
ASKED = "asked"
OF_CLINICIAN = [*ClinicianAnswer.choices, (ASKED, "Asked, and not answered yet")]
# With these the question stays open: "I will phone first" ends with what was heard on the phone.
STILL_OPEN = (ASKED, ClinicianAnswer.PHONE)


class Advice(TextChoices):
    """The record line: whether anything clinical was said, which belongs in the patient record."""

    NONE = "none", "No clinical advice was given"
    COPIED = "copied", "Advice was given and copied to the patient record"


class ContactWay(TextChoices):
    PHONE = "phone", "Phone call"
    EMAIL = "email", "Email"
    TEXT = "text", "Text message"
    LETTER = "letter", "Letter"
    VISIT = "visit", "In person"


class ContactOutcome(TextChoices):
    """A try is one that the person has not answered yet."""

    REACHED = "reached", "Reached them"
    LEFT_WORD = "left-word", "Left a message, or wrote to them"
    NO_ANSWER = "no-answer", "No answer"
    CAME_TO_US = "came-to-us", "They called or wrote to us"


class ErasurePath(TextChoices):
    """What led to an erasure."""

    RETENTION = "retention", "Time was over"
    SPAM = "spam", "Spam, time was over"
    REQUEST = "request", "On request"
