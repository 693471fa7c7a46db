import pytest
from django.core.management import CommandError, call_command

from imsinfo.articles.wording import get_wording, problems_of_piece
from imsinfo.problems import ContentError
from imsinfo.reply_texts import PLACE, get_reply_texts

REPLY = """replies:
  - key: {key}
    title: Times
    subject: {subject}
    text: |
      Hello {{name}},
      {text}
"""


@pytest.fixture
def write_reply(write_content):
    """Return a function that lays a replies.yaml with one reply over the shipped one."""

    def write(text="Call {phone}.", key="times", subject="About {reference}", more=""):
        written = REPLY.format(text=text, key=key, subject=f'"{subject}"') + more
        return write_content("replies.yaml", written)

    return write


def test_a_clinics_own_replies_stand_in_place_of_the_shipped_ones(write_reply):
    write_reply()
    [reply] = get_reply_texts()
    assert (reply.key, reply.title, reply.subject) == ("times", "Times", "About {reference}")
    assert reply.text == "Hello {name},\nCall {phone}.\n"


@pytest.mark.parametrize(
    "found", ["{patient}", "{message}", "{}", "{name", "}", "{{name}}", "{name!r}"]
)
def test_what_cannot_be_filled_in_is_refused_with_its_line_and_repair(write_reply, found):
    write_reply(f"See {found}")
    with pytest.raises(ContentError) as refused:
        get_reply_texts()
    [problem] = refused.value.problems
    assert (problem.file, problem.line) == ("own/replies.yaml", 5)
    assert problem.what.startswith("'replies.1.text': {" if "{" in found else "'replies.1.text': }")
    assert problem.what.endswith(
        "cannot be filled in; write one of {name}, {reference}, {clinic}, {phone}, {site}, {me}, "
        "or no braces"
    )
    assert problem.repair == "correct the value"


def test_a_subject_is_checked_too(write_reply):
    write_reply(subject="{answer}")
    with pytest.raises(ContentError, match=r"replies\.1\.subject"):
        get_reply_texts()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"key": "Two Words"}, "'replies.1.key' is not right"),
        ({"more": "    colour: red\n"}, "unknown field 'replies.1.colour'"),
        ({"more": "  - key: times\n    title: T\n    text: x\n"}, "two replies have the same key"),
        ({"text": "x" * 3001}, "'replies.1.text' is 3016 characters long"),
    ],
)
def test_a_wrong_reply_is_told_by_its_field(write_reply, changes, told):
    write_reply(**changes)
    with pytest.raises(ContentError, match=told.replace(".", r"\.")):
        get_reply_texts()


def test_a_clinic_need_not_have_replies(small_site):
    assert get_reply_texts() == ()


def test_check_content_tells_a_fault_of_the_replies(write_reply, capsys):
    write_reply("See {patient}")
    with pytest.raises(CommandError):
        call_command("check_content")
    assert "own/replies.yaml:5: 'replies.1.text': {patient} cannot be" in capsys.readouterr().out


def test_prepare_keeps_the_last_good_replies(small_site, capsys):
    path = small_site / "replies.yaml"
    path.write_text(REPLY.format(text="As it was.", key="times", subject="S"))
    call_command("prepare")
    path.write_text(REPLY.format(text="{patient}", key="times", subject="S"))
    with pytest.raises(CommandError):
        call_command("prepare")
    [shown] = small_site.parent.glob("var/generations/*/content/replies.yaml")
    assert "As it was." in shown.read_text()


def test_shipped_replies_are_about_six_with_a_number_to_call():
    replies = get_reply_texts()
    assert len(replies) == 6
    assert [each.key for each in replies if "{phone}" not in each.text] == []
    assert [each.key for each in replies if not each.text.startswith("Hello {name},")] == []


@pytest.mark.parametrize("reply", get_reply_texts(), ids=lambda reply: reply.key)
def test_shipped_replies_make_no_claim_that_a_page_may_not_make(reply):
    text = PLACE.sub("somebody", reply.text)
    assert problems_of_piece("content/replies.yaml", text, get_wording(), str) == []
