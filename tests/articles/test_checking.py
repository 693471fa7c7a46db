import pytest

from imsinfo.articles.library import read_library
from imsinfo.clinic import get_clinic

# The front matter of these pages ends on line 9, so their text begins on line 10.
FAULTS = {
    "bold tag": (
        "<b>bold",
        "10: HTML is not used in articles; found: <b>; repair: use Markdown or a ::: "
        "component; write a web link as [words](https://…)",
    ),
    "remark": (
        "one\n\nan <!-- remark -->",
        "12: HTML is not used in articles; found: <!-- remark -->; repair: use Markdown or a "
        "::: component; write a web link as [words](https://…)",
    ),
    "address in angle brackets": (
        "<https://example.org>",
        "10: HTML is not used in articles; found: <https://example.org>; repair: use Markdown"
        " or a ::: component; write a web link as [words](https://…)",
    ),
    "a word in braces": (
        "{bruise}",
        "10: a brace that is no clinic field, figure or term; found: {bruise}; expected: "
        "{clinic.NAME}, {figure:ID} or {term:ID}; repair: correct the name; a brace that "
        "shall be read goes between `backticks`",
    ),
    "closing brace": (
        "a } b",
        "10: a brace that is no clinic field, figure or term; found: }; expected: "
        "{clinic.NAME}, {figure:ID} or {term:ID}; repair: correct the name; a brace that "
        "shall be read goes between `backticks`",
    ),
    "opening brace": (
        "a {",
        "10: a brace that is no clinic field, figure or term; found: {; expected: "
        "{clinic.NAME}, {figure:ID} or {term:ID}; repair: correct the name; a brace that "
        "shall be read goes between `backticks`",
    ),
    "unknown figure": (
        "{figure:bruises}",
        "10: unknown figure; found: bruises; expected: an id of figures.yaml, such as bruise;"
        " repair: correct the id, or add the figure with its source to figures.yaml",
    ),
    "unlike any figure": (
        "{figure:x}",
        "10: unknown figure; found: x; expected: an id of figures.yaml; repair: correct the "
        "id, or add the figure with its source to figures.yaml",
    ),
    "figure with a space": (
        "{figure: bruise}",
        "10: a figure in the wrong form; found: {figure: bruise}; expected: {figure:ID}, with"
        " one id of figures.yaml; repair: write the id in small letters, digits and _, "
        "without spaces",
    ),
    "figure not closed": (
        "{figure:bruise",
        "10: a figure in the wrong form; found: {figure:bruise; expected: {figure:ID}, with "
        "one id of figures.yaml; repair: write the id in small letters, digits and _, without"
        " spaces",
    ),
    "unknown term": (
        "{term:trigger-points}",
        "10: unknown term; found: trigger-points; expected: an id of glossary.yaml, such as "
        "trigger-point; repair: correct the id, or add the term with its meaning to "
        "glossary.yaml",
    ),
    "term with a capital": (
        "{term:Trigger}",
        "10: a term in the wrong form; found: {term:Trigger}; expected: {term:ID} or {term:ID"
        " other words}, with one id of glossary.yaml; repair: write the id in small letters, "
        "digits and -, then a space and your words",
    ),
    "term words without space": (
        "{term:trigger_point}",
        "10: a term in the wrong form; found: {term:trigger_point}; expected: {term:ID} or "
        "{term:ID other words}, with one id of glossary.yaml; repair: write the id in small "
        "letters, digits and -, then a space and your words",
    ),
    "unknown source": (
        "text [@nobody_1900]",
        "10: unknown source; found: [@nobody_1900]; expected: [@key], one key of sources.yaml"
        " each; repair: correct the key, or add the source to sources.yaml after reading it",
    ),
    "two sources in one": (
        "text [@a, @b]",
        "10: a citation in the wrong form; found: [@a, @b]; expected: [@key], one key of "
        "sources.yaml each; repair: correct the key, or add the source to sources.yaml after "
        "reading it",
    ),
    "citation not closed": (
        "text [@unclosed",
        "10: a citation in the wrong form; found: [@unclosed; expected: [@key], one key of "
        "sources.yaml each; repair: correct the key, or add the source to sources.yaml after "
        "reading it",
    ),
    "dead link": (
        "[there](nowhere.md)",
        "10: a link to a page that is not there; found: nowhere.md; expected: the name of a "
        "file in the content folder, such as aftercare.md; repair: correct the name; begin a "
        "web address with https://",
    ),
    "web address without https": (
        "[there](www.example.org)",
        "10: a link to a page that is not there; found: www.example.org; expected: the name "
        "of a file in the content folder, such as aftercare.md; repair: correct the name; "
        "begin a web address with https://",
    ),
    "page by its address": (
        "[there](/page/#x)",
        "10: a link to a page by its address; found: /page/; expected: page.md; repair: link "
        "to its file: [words](page.md)",
    ),
    "page by its address without slash": (
        "[there](/page)",
        "10: a link to a page by its address; found: /page; expected: page.md; repair: link "
        "to its file: [words](page.md)",
    ),
    "page by its address in a list of links": (
        "[a][b]\n\n[b]: /page/",
        "12: a link to a page by its address; found: /page/; expected: page.md; repair: link "
        "to its file: [words](page.md)",
    ),
    "address that is not there": (
        "[there](/enquirey/)",
        "10: a link to an address that is not there; found: /enquirey/; expected: an address "
        "of the site, such as /enquiry/ or /enquiry/on-paper/; repair: correct the address; link "
        "to a page by its file, such as aftercare.md",
    ),
    "picture in a sentence": (
        'See ![x](images/band.svg "C")',
        '10: a picture that is not alone on its line; found: See ![x](images/band.svg "C"); '
        'expected: ![text alternative](images/name.svg "Caption"); repair: begin it at the '
        "left edge of a line, and write nothing else on that line",
    ),
    "picture in a list": (
        '- ![x](images/band.svg "C")',
        '10: a picture that is not alone on its line; found: - ![x](images/band.svg "C"); '
        'expected: ![text alternative](images/name.svg "Caption"); repair: begin it at the '
        "left edge of a line, and write nothing else on that line",
    ),
    "picture without alternative": (
        '![](images/band.svg "C")',
        '10: a picture without a text alternative; found: ![](images/band.svg "C"); expected:'
        ' ![text alternative](images/name.svg "Caption"); repair: say in the square brackets '
        "what the picture shows, for those who cannot see it",
    ),
    "picture without caption": (
        "![x](images/band.svg)",
        "10: a picture without a caption; found: ![x](images/band.svg); expected: ![text "
        'alternative](images/name.svg "Caption"); repair: write a caption in quotes behind '
        "the file",
    ),
    "picture with an empty caption": (
        '![x](images/band.svg " ")',
        '10: a picture without a caption; found: ![x](images/band.svg " "); expected: ![text '
        'alternative](images/name.svg "Caption"); repair: write a caption in quotes behind '
        "the file",
    ),
    "photograph": (
        '![x](images/band.png "C")',
        "10: a picture that is no drawing of this site; found: images/band.png; expected: "
        "images/name.svg; repair: save it as SVG in images/, its name in small letters, "
        "digits and hyphens",
    ),
    "picture from elsewhere": (
        '![x](https://example.org/x.svg "C")',
        "10: a picture that is no drawing of this site; found: https://example.org/x.svg; "
        "expected: images/name.svg; repair: save it as SVG in images/, its name in small "
        "letters, digits and hyphens",
    ),
    "unknown picture": (
        '![x](images/bands.svg "C")',
        "10: a picture that is not there; found: images/bands.svg; expected: a file in "
        "images/, such as images/band.svg; repair: correct the name, or put the file into "
        "images/",
    ),
    "figure in a picture": (
        '![{figure:bruise}](images/band.svg "C")',
        "10: a figure in the words of a picture; found: {figure:bruise}; expected: plain "
        "words; repair: write it into the text below",
    ),
    "citation in a caption": (
        '![x](images/band.svg "C [@kim_2012]")',
        "10: a citation in the words of a picture; found: [@kim_2012]; expected: plain words;"
        " repair: write it into the text below",
    ),
    "heading of level 1": (
        "# Title",
        "10: a heading of level 1; found: # Title; expected: ##; repair: begin with ##: the "
        "title of the page is its heading of level 1",
    ),
    "heading too deep": (
        "### Deep",
        "10: a heading that skips a level; found: ### Deep; repair: write ##",
    ),
    "heading that skips": (
        "## One\n\n#### Deep",
        "12: a heading that skips a level; found: #### Deep; repair: write ###",
    ),
    "figure in a heading": (
        "## After {figure:bruise}",
        "10: a figure in a heading; found: {figure:bruise}; expected: plain words; repair: "
        "write it into the text below",
    ),
    "term in a heading": (
        "## A {term:trigger-point}",
        "10: a term in a heading; found: {term:trigger-point}; expected: plain words; repair:"
        " write it into the text below",
    ),
    "figure in a link": (
        "[after {figure:bruise}](page.md)",
        "10: a figure in the words of a link; found: {figure:bruise}; expected: plain words; "
        "repair: write it in front of the link or behind it",
    ),
    "term in a link": (
        "[a {term:trigger-point x}][b]\n\n[b]: page.md",
        "10: a term in the words of a link; found: {term:trigger-point x}; expected: plain "
        "words; repair: write it in front of the link or behind it",
    ),
    "term in a title": (
        "::: callout A {term:trigger-point}\nx\n:::",
        "10: a term in the title of a component; found: {term:trigger-point}; expected: plain"
        " words; repair: write it into the text below",
    ),
    "citation in a title": (
        "::: question Does it hurt [@kim_2012]?\nx\n:::",
        "10: a citation in the title of a component; found: [@kim_2012]; expected: plain "
        "words; repair: write it into the text below",
    ),
    "figure in a table's head": (
        "::: comparison C\n| a {figure:bruise} | b |\n|---|---|\n| 1 | 2 |\n:::",
        "11: a figure in the head of a table; found: {figure:bruise}; expected: plain words; "
        "repair: write it into a row of the table",
    ),
    "unknown component": (
        "::: warning Title\n:::",
        "10: unknown component; found: warning; expected: the name of a component; repair: "
        "use one of: emergency, urgent, non-urgent, callout, do, do-not, red-flags, evidence,"
        " icon-array, differ, question, steps, comparison, shared, prices, glossary",
    ),
    "misspelt component": (
        "::: callouts Title\n:::",
        "10: unknown component; found: callouts; expected: the name of a component, such as "
        "callout; repair: use one of: emergency, urgent, non-urgent, callout, do, do-not, "
        "red-flags, evidence, icon-array, differ, question, steps, comparison, shared, "
        "prices, glossary",
    ),
    "heading without words": (
        "## **",
        "10: a heading without words; found: ## **; expected: ## Words; repair: write its words, "
        "or remove the line",
    ),
    "callout without a title": (
        "::: callout\ntext\n:::",
        "10: the component callout has no title; repair: write ::: callout Title",
    ),
    "question without a title": (
        "::: question\ntext\n:::",
        "10: the component question has no title; repair: write ::: question Title",
    ),
    "comparison without a caption": (
        "::: comparison\n| a | b |\n|---|---|\n| 1 | 2 |\n:::",
        "10: the component comparison has no caption; repair: write ::: comparison Caption",
    ),
    "icon-array without a title": (
        "::: icon-array\n- bruise\n:::",
        "10: the component icon-array has no title; repair: write ::: icon-array Title",
    ),
    "shared without a name": (
        "::: shared\n:::",
        "10: the component shared has no name; repair: write ::: shared NAME",
    ),
    "glossary with a title": (
        "::: glossary Words\n:::",
        "10: the component glossary takes no title; found: Words; repair: write ::: glossary alone",
    ),
    "not closed": (
        "::: callout Title\ntext",
        "10: the component callout is not closed; repair: add a line ::: below it",
    ),
    "closed twice": (
        ":::callout Title\n:::\n:::",
        "12: a ::: line that opens and closes nothing; found: :::; expected: '::: name "
        "Title', or ::: alone to close; repair: name a component, or remove the line",
    ),
    "not at the left edge": (
        " ::: do\n- a",
        "10: a ::: line that does not begin at the left edge; found:  ::: do; expected: :::; "
        "repair: take away what stands in front of it; a component stands in no list or quote",
    ),
    "in a list": (
        "- ::: do",
        "10: a ::: line that does not begin at the left edge; found: - ::: do; expected: :::;"
        " repair: take away what stands in front of it; a component stands in no list or "
        "quote",
    ),
    "in a quote": (
        "> ::: do",
        "10: a ::: line that does not begin at the left edge; found: > ::: do; expected: :::;"
        " repair: take away what stands in front of it; a component stands in no list or "
        "quote",
    ),
    "unknown region": (
        "::: red-flags tail\n:::",
        "10: red-flags of what?; found: tail; expected: a region (neck, back, head, chest, "
        "leg, arm, joint, any), in-full with emergency, today, doctor-first, or after-needling "
        "with in-short, emergency, today, phone-us; repair: write ::: red-flags neck",
    ),
    "unknown level": (
        "::: red-flags after-needling soon\n:::",
        "10: red-flags of what?; found: after-needling soon; expected: a region (neck, back, "
        "head, chest, leg, arm, joint, any), in-full with emergency, today, doctor-first, or "
        "after-needling with in-short, emergency, today, phone-us; "
        "repair: write ::: red-flags neck",
    ),
    "level of another time": (
        "::: red-flags in-full phone-us\n:::",
        "10: red-flags of what?; found: in-full phone-us; expected: a region (neck, back, "
        "head, chest, leg, arm, joint, any), in-full with emergency, today, doctor-first, or "
        "after-needling with in-short, emergency, today, phone-us; "
        "repair: write ::: red-flags neck",
    ),
    "text in red-flags": (
        "::: red-flags neck\ntext\n:::",
        "11: text inside red-flags; found: text; expected: :::; repair: move it below",
    ),
    "component in a leaf": (
        "::: glossary\n::: do\n- a\n:::\n:::",
        "11: text inside glossary; found: ::: do; expected: :::; repair: close it first",
    ),
    "text in shared": (
        "::: shared ask\ntext\n:::",
        "11: text inside shared; found: text; expected: :::; repair: move it below",
    ),
    "unknown piece": (
        "::: shared asks\n:::",
        "10: unknown shared piece; found: asks; expected: the name of a file in shared/ "
        "without .md, such as ask; repair: correct the name, or write the piece in "
        "shared/NAME.md",
    ),
    "evidence without lines": (
        "::: evidence\n:::",
        "10: evidence that is not in the front matter; repair: write ::: evidence alone, and "
        "the lines in the front matter under evidence:",
    ),
    "glossary twice": (
        "::: glossary\n:::\n::: glossary\n:::",
        "12: the glossary stands on this page already; found: ::: glossary; repair: remove it",
    ),
    "do without a list": (
        "::: do\na\n:::",
        "10: the component do holds no list; found: a; expected: - one thing to do; repair: "
        "write its lines as a list, with -",
    ),
    "do-not with nothing": (
        "::: do-not\n:::",
        "10: the component do-not holds no list; found: :::; expected: - one thing to do; "
        "repair: write its lines as a list, with -",
    ),
    "steps with bullets": (
        "::: steps\n- a\n:::",
        "10: the component steps holds no numbered list; found: - a; expected: 1. the first "
        "step; repair: write each step on a line that begins with its number and a full stop",
    ),
    "steps from 2": (
        "::: steps\n2. a\n:::",
        "10: the component steps holds no numbered list; found: 2. a; expected: 1. the first "
        "step; repair: write each step on a line that begins with its number and a full stop",
    ),
    "steps with nothing": (
        "::: steps\n:::",
        "10: the component steps holds no numbered list; found: :::; expected: 1. the first "
        "step; repair: write each step on a line that begins with its number and a full stop",
    ),
    "text after steps": (
        "::: steps\n1. a\n\ntext\n:::",
        "13: something beside the numbered list of steps; found: text; expected: 2. the next "
        "step; repair: move it above or below the component, or put four spaces in front of "
        "it",
    ),
    "bullets after steps": (
        "::: steps\n1. a\n- b\n:::",
        "12: something beside the numbered list of steps; found: - b; expected: 2. the next "
        "step; repair: move it above or below the component, or put four spaces in front of "
        "it",
    ),
    "heading in steps": (
        "::: steps\n1. a\n## B\n:::",
        "12: something beside the numbered list of steps; found: ## B; expected: 2. the next "
        "step; repair: move it above or below the component, or put four spaces in front of "
        "it",
    ),
    "box in steps": (
        "::: steps\n1. a\n::: callout B\nb\n:::\n:::",
        "12: something beside the numbered list of steps; found: ::: callout B; expected: 2. "
        "the next step; repair: move it above or below the component, or put four spaces in "
        "front of it",
    ),
    "definition below a component": (
        "::: differ\na\n:::\n\n: b",
        "14: a definition without its term; found: : b; expected: a line with the term above it; "
        "repair: write the term on a line above it, or take away the colon",
    ),
    "step swallowed": (
        "::: steps\n1. a\n\n    more\n2. b\n:::",
        "14: a step that is read as part of the one above; found: 2. b; repair: put an empty "
        "line above it",
    ),
    "comparison without a table": (
        "::: comparison C\ntext\n:::",
        "10: the component comparison holds no table; found: text; expected: | Choice | Found"
        " | over |---|---| and rows; repair: write the table between ::: comparison Caption "
        "and :::",
    ),
    "comparison with nothing": (
        "::: comparison C\n:::",
        "10: the component comparison holds no table; found: :::; expected: | Choice | Found "
        "| over |---|---| and rows; repair: write the table between ::: comparison Caption "
        "and :::",
    ),
    "text above the table": (
        "::: comparison C\ntext\n\n| a | b |\n|---|---|\n| 1 | 2 |\n:::",
        "11: something beside the table of comparison; found: text; expected: one table and "
        "nothing else; repair: move it out of the component",
    ),
    "text below the table": (
        "::: comparison C\n| a | b |\n|---|---|\n| 1 | 2 |\ntext\n:::",
        "14: something beside the table of comparison; found: text; expected: one table and "
        "nothing else; repair: move it out of the component",
    ),
    "two tables": (
        "::: comparison C\n| a | b |\n|---|---|\n| 1 | 2 |\n\n| a | b |\n|---|---|\n| 1 | 2 |\n:::",
        "15: something beside the table of comparison; found: | a | b |; expected: one table "
        "and nothing else; repair: move it out of the component",
    ),
    "table outside": (
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "10: a table without a caption; found: | a | b |; expected: ::: comparison Caption "
        "above it; repair: put it between ::: comparison Caption and :::",
    ),
    "table in a quote": (
        "> | a | b |\n> |---|---|\n> | 1 | 2 |",
        "10: a table without a caption; found: > | a | b |; expected: ::: comparison Caption "
        "above it; repair: put it between ::: comparison Caption and :::",
    ),
    "column without a heading": (
        "::: comparison C\n| a |  |\n|---|---|\n| 1 | 2 |\n:::",
        "11: a column without a heading; found: | a |  |; expected: words at the head of each"
        " column; repair: name the column: on a phone its heading stands above each of its "
        "cells",
    ),
    "icon-array with nothing": (
        "::: icon-array T\n:::",
        "10: the component icon-array holds no figures; found: :::; expected: - figure_id; "
        "repair: write one id of figures.yaml a line, with -",
    ),
    "icon-array with words": (
        "::: icon-array T\n- bruise, 8 of 100\n:::",
        "11: a line of icon-array that names no figure; found: - bruise, 8 of 100; expected: "
        "- figure_id; repair: write one id of figures.yaml a line, with -",
    ),
    "icon-array with text": (
        "::: icon-array T\nbruise\n:::",
        "11: a line of icon-array that names no figure; found: bruise; expected: - figure_id;"
        " repair: write one id of figures.yaml a line, with -",
    ),
    "icon-array with an unknown figure": (
        "::: icon-array T\n- bruises\n:::",
        "11: unknown figure; found: bruises; expected: an id of figures.yaml, such as bruise;"
        " repair: correct the id, or add the figure with its source to figures.yaml",
    ),
    "icon-array with a rule": (
        "::: icon-array T\n- review\n:::",
        "10: review is not counted, so it cannot be drawn; found: kind our_rule; expected: a "
        "counted figure; repair: write it into the text: {figure:review}",
    ),
    "icon-array on two bases": (
        "::: icon-array T\n- bruise\n- major\n:::",
        "10: two bases in one icon-array; found: bruise: 100 treatments; major: 10,000 "
        "treatments; expected: one base for all figures; repair: write one icon-array for "
        "each base",
    ),
    "icon-array of treatments and people": (
        "::: icon-array T\n- bruise\n- pain\n- other\n:::",
        "10: two bases in one icon-array; found: bruise: 100 treatments; other: 100 people; "
        "expected: one base for all figures; repair: write one icon-array for each base",
    ),
    "icon-array on a large base": (
        "::: icon-array T\n- patients\n:::",
        "10: the base of patients is too large to draw; found: 20,000 patients; expected: at "
        "most 10,000; repair: write it into the text: {figure:patients}",
    ),
    "icon-array twice": (
        "::: icon-array T\n- bruise\n- bruise\n:::",
        "12: a figure that is drawn already; found: bruise; repair: remove the line",
    ),
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_in_full_with_its_line(told, written, text, expected):
    assert told(text) == [f"page.md:{expected}"]


@pytest.mark.parametrize("text", ["{clinic.fax}", "::: emergency {clinic.fax}\nx\n:::"])
def test_an_unknown_clinic_field_is_told_with_all_that_there_are(told, text):
    names = ", ".join(sorted(get_clinic().fields))
    assert told(text) == [
        "page.md:10: unknown clinic field; found: {clinic.fax}; expected: {clinic.NAME} with one "
        f"of: {names}; repair: correct the name; a brace that shall be read goes between "
        "`backticks`"
    ]


def test_all_faults_are_told_at_once(told):
    assert [one.split(": ")[0] for one in told("<b>\n{x}\n[@no]\n# H")] == [
        f"page.md:{line}" for line in (10, 11, 12, 13)
    ]


WITHOUT_FAULT = {
    "code span": "`{x} <b> {figure:x} ![x](y)`",
    "code block": "```\n{x} <b> ::: x\n| a | b |\n|---|---|\n```",
    "arithmetic": "2 < 3 and 3 > 2",
    "figure": "After {figure:bruise}, {figure:needle}.",
    "term": "A {term:trigger-point}, {term:trigger-point tight spots}, {term:pneumothorax }.",
    "clinic field in a title": "::: callout Phone {clinic.phone}\nx\n:::",
    "citation in a heading": "## Pain [@kim_2012]",
    "link to the form": "[Ask us](/enquiry/) or [see](/enquiry/#main)",
    "link to a place on the page": "## Here\n\n[there](#here)",
    "steps with more in them": "::: steps\n1. a\n    - b\ngoes on\n2. c\n\n    d\n\n3. e\n:::",
    "steps with a title": "::: steps Your visit\n1. a\n:::",
    "differ with a title": "::: differ On rest\na\n:::",
    "comparison": "::: comparison C\n\n| | b |\n|:--|--:|\n| 1 | 2 |\n\n:::",
    "icon-array": "::: icon-array T\n- bruise\n\n- pain\n:::",
    "picture": '![a "quoted" word](images/band.svg "A caption")',
    "shared": "::: shared ask\n\n:::",
    "glossary": "::: glossary\n:::",
    "nested": "::: callout T\n::: question Q\n::: do\n- a\n:::\n:::\n:::",
}


@pytest.mark.parametrize("text", WITHOUT_FAULT.values(), ids=WITHOUT_FAULT)
def test_what_is_right_is_no_fault(told, written, text):
    assert told(text) == []


@pytest.mark.parametrize("name", ["figures.yaml", "glossary.yaml"])
def test_no_name_of_a_broken_file_is_called_wrong(told, written, write, name):
    write(name, "- id: x\n  what\n")
    found = [one.split(";")[0] for one in told("{figure:nothing} {term:nothing}")]
    other = {"figures.yaml": "unknown term", "glossary.yaml": "unknown figure"}[name]
    needs = f"this page needs {name}, which is broken"
    assert [one for one in found if one.startswith("page.md")] == [
        f"page.md:1: {needs}",
        f"page.md:10: {other}",
    ]


@pytest.mark.parametrize("name", ["admin/x.md", "enquiry.md", "search.md", "changes/x.md"])
def test_a_file_at_an_address_of_the_site_itself_is_told(told, name):
    [problem] = told("Text.", name=name)
    assert "the site itself answers at this address" in problem
    assert problem.endswith("repair: choose another name")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Call 911 now.", "911"),
        ("Please phone us on 604 555 0123.", "604 555 0123"),
        ("Our number is (604) 555-0123.", "604) 555-0123"),
        ("Or +44 20 7946 0958.", "+44 20 7946 0958"),
        ("Call **911** now.", "911"),
        ("Phone 604.555.0123.", "604.555.0123"),
        ("Our number is 604\u00a0555\u20130123.", "604\u00a0555\u20130123"),
        ("[Call us](tel:911)", "tel:911"),
    ],
)
def test_a_phone_number_that_is_typed_is_told(told, text, number):
    assert told(text) == [
        "page.md:10: a phone number that is typed into the text; found: "
        f"{number}; expected: {{clinic.NAME}}; repair: write {{clinic.phone}}, "
        "{clinic.emergency_number} or another field of the clinic"
    ]


@pytest.mark.parametrize(
    "text", ["Call {clinic.phone}.", "[a](https://x.org/12345678901/)", "On 2026-11-21 in 12,345."]
)
def test_other_digits_are_no_phone_number(told, text):
    assert told(text) == []


@pytest.mark.parametrize("name", ["My Page.md", "neck_pain.md", "Ä.md"])
def test_a_file_name_that_can_be_no_address_is_told(told, name):
    [problem] = told("Text.", name=name)
    assert "no page can have this name" in problem


def test_two_files_with_one_address_are_both_left_out(told, write_article):
    write_article("Text.", name="a/index.md")
    of_both = told("Text.", name="a.md")
    assert [one.split(";")[0] for one in of_both] == [
        "a.md:1: another file has the same address",
        "a/index.md:1: another file has the same address",
    ]


def test_broken_data_files_are_named(write, write_article):
    write_article("Text.")
    write("sources.yaml", "- key: x\n  titel: y\n")
    told = [str(problem).split(";")[0] for problem in read_library().problems]
    assert "content/sources.yaml:2: unknown field '1.titel'" in told


@pytest.mark.parametrize("words", ["{clinic.name} and you", "It helps [@ga_2007]", "a } b"])
def test_a_field_that_nothing_fills_in_is_told(told, words):
    change = f'changes:\n  - date: 2026-11-21\n    what: "{words}"\n    why: New.\n'
    assert told("Text.", more=change) == [
        f"page.md:11: a field cannot hold what is filled in; found: {words}; expected: plain "
        "words; repair: write plain words here, and this form into the text below"
    ]
