"""The questions in words: asked of the person with the pain, or of someone who asks for them."""

from typing import NamedTuple


class Question(NamedTuple):
    """One question as each of the two is asked it, and a hint that suits both."""

    for_me: str
    for_someone: str
    hint: str = ""

    def label(self, someone_else: bool) -> str:
        return self.for_someone if someone_else else self.for_me


CAUTION_HINT = (
    "For example: blood thinners, aspirin or a bleeding problem. Pregnant, or might be. Lung "
    "disease, chest surgery or a past collapsed lung. A weak immune system or diabetes. Lymph "
    "nodes removed, or a swollen limb. Epilepsy, fainting or a strong fear of needles. A "
    "pacemaker, heart valve problem, joint replacement or implant. Metal allergy. A skin infection "
    "or a recent operation. There is no need to say which. Do not stop any medicine."
)

QUESTIONS = {
    "adult": Question(
        "Are you 18 or over?",
        "Is the person with the pain 18 or over?",
    ),
    "doctor_first_signs": Question(
        "Which of these signs do you have? (optional)",
        "Which of these signs do they have? (optional)",
        "Your ticks from step 1 were not kept, so we ask again. Your answer shows our clinician "
        "how urgent it is.",
    ),
    "area": Question(
        "Where is your main pain?",
        "Where is their main pain?",
    ),
    "duration": Question(
        "How long have you had it?",
        "How long have they had it?",
    ),
    "impact": Question(
        "How much does it stop you doing things? (optional)",
        "How much does it stop them doing things? (optional)",
    ),
    "seen": Question(
        "Have you seen anyone about it? (optional)",
        "Have they seen anyone about it? (optional)",
    ),
    "caution": Question(
        "Is there anything that can make needling less safe for you?",
        "Is there anything that can make needling less safe for them?",
        CAUTION_HINT,
    ),
    "message": Question(
        "Is there anything else we should know? (optional)",
        "Is there anything else we should know? (optional)",
        "Up to 500 characters. Please leave out health numbers, dates of birth and lists of "
        "medicines. We do not read this straight away: write nothing urgent here.",
    ),
    "name": Question(
        "Your full name",
        "Your own full name",
    ),
    "link": Question(
        "",
        "Who are you to them?",
        "For example: daughter, husband, friend, carer.",
    ),
    "their_first_name": Question(
        "",
        "Their first name",
    ),
    "they_agree": Question(
        "",
        "Do they know about this enquiry, and agree to it?",
    ),
    "contact_whom": Question(
        "",
        "Whom shall we contact?",
        "Give the phone number or email address of that person below.",
    ),
    "reply_by": Question(
        "How shall we reply?",
        "How shall we reply?",
    ),
    "phone": Question(
        "Phone number (optional if we reply by email)",
        "Phone number (optional if we reply by email)",
        "With the area code. We need it unless we reply by email.",
    ),
    "email": Question(
        "Email address (optional if we reply by phone)",
        "Email address (optional if we reply by phone)",
        "We need it if we reply by email.",
    ),
    "may_leave_message": Question(
        "If nobody answers the phone, may we leave a message that says who is calling? "
        "(optional unless we phone)",
        "If nobody answers the phone, may we leave a message that says who is calling? "
        "(optional unless we phone)",
    ),
    "place": Question(
        "Where would you like to be seen?",
        "Where would they like to be seen?",
    ),
    "best_time": Question(
        "When is a good time to reach you? (optional)",
        "When is a good time to reach you or them? (optional)",
    ),
    "help_needed": Question(
        "Do you need an interpreter, large print or other help? (optional)",
        "Do they need an interpreter, large print or other help? (optional)",
        "Say what help, or which language. Up to 200 characters.",
    ),
    "wants_receipt": Question(
        "Send me a receipt by email (optional)",
        "Send me a receipt by email (optional)",
        "A receipt says that you asked us. It holds none of your answers.",
    ),
    "consent": Question(
        "Your agreement",
        "Your agreement",
    ),
}

REQUIRED = {
    "adult": ("Choose yes if you are 18 or over", "Choose yes if they are 18 or over"),
    "area": ("Choose where your main pain is", "Choose where their main pain is"),
    "duration": ("Choose how long you have had it", "Choose how long they have had it"),
    "caution": (
        "Choose yes, no, not sure, or that you would rather say by phone",
        "Choose yes, no, not sure, or that you would rather say by phone",
    ),
    "name": ("Enter your full name", "Enter your own full name"),
    "link": ("", "Enter who you are to them"),
    "their_first_name": ("", "Enter their first name"),
    "they_agree": ("", "Choose yes if they know about this enquiry and agree to it"),
    "contact_whom": ("", "Choose whom we shall contact"),
    "reply_by": ("Choose how we shall reply", "Choose how we shall reply"),
    "place": ("Choose where you would like to be seen", "Choose where they would like to be seen"),
    "consent": (
        "Tick the box if you agree, or phone us instead",
        "Tick the box if you agree, or phone us instead",
    ),
}
NEEDS_PHONE = "Enter the phone number we shall use"
NEEDS_EMAIL = "Enter the email address we shall use"
RECEIPT_NEEDS_EMAIL = "Enter your email address, or untick the receipt"
RECEIPT_FOR_YOU_ALONE = "Untick the receipt: it goes to you alone, not to another person"
NEEDS_MESSAGE_CHOICE = "Choose whether we may leave a message"
WHO = "Who is this enquiry for?"
SIGNS = "Do you, or the person you ask for, have any of these, new or getting worse?"
SECTIONS = {
    "person": "Who it is for",
    "pain": "About the pain",
    "safety": "Before any needle",
    "contact": "How we can reply",
    "agreement": "Your agreement",
}
