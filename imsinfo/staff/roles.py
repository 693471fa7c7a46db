"""The roles of a clinic and what each may do: as little as its work needs.

Nobody in a role may manage accounts; whoever runs the site does that, by command.
"""

from dataclasses import dataclass

READ = ("enquiries.view_enquiry",)
WORK = (*READ, "enquiries.add_enquiry", "enquiries.work_on_enquiry")


@dataclass(frozen=True)
class Role:
    """name: of its group; permissions: as app.codename, all that it has."""

    name: str
    permissions: tuple[str, ...]


READER = Role("Reader", READ)
TRIAGE = Role("Triage", WORK)
CLINICIAN = Role("Clinician", (*WORK, "enquiries.answer_as_clinician"))
MANAGER = Role(
    "Manager",
    (
        *WORK,
        "enquiries.hold_enquiry",
        "enquiries.reassign_enquiries",
        "enquiries.export_enquiries",
        "enquiries.erase_enquiry",
        "enquiries.see_reports",
        "enquiries.view_tombstone",
        "staff.view_auditevent",
        "staff.export_auditevent",
        "staff.view_absence",
        "staff.add_absence",
        "staff.change_absence",
        "staff.delete_absence",
        "staff.view_pagereport",
    ),
)
EDITOR = Role("Editor", ("staff.view_pagereport",))
ROLES = (READER, TRIAGE, CLINICIAN, MANAGER, EDITOR)
