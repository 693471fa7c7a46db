"""The consent wording, by version. What has been shown is never changed: add a version."""

CONSENTS = {
    "2026-11": (
        "I agree that {clinic} keeps these answers and uses them to reply. Only its staff "
        "read them. They are deleted {closed_days} days after the enquiry is closed, and after "
        "{open_days} days at the latest."
    ),
}
CURRENT_CONSENT = "2026-11"
