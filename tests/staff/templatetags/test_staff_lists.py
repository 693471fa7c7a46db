import pytest

from imsinfo.staff.templatetags.staff_lists import labelled

BOXES = {"text": "<input>", "class_attrib": ' class="action-checkbox-column"'}
NAME = {"text": "name", "class_attrib": ' class="column-name"'}
ODD = {"text": 'a "b" <c>', "class_attrib": ""}


@pytest.mark.parametrize(
    ("cell", "header", "told"),
    [
        ('<td class="x">1</td>', NAME, '<td data-label="Name" class="x">1</td>'),
        ("<td>1</td>", ODD, '<td data-label="A &quot;b&quot; &lt;c&gt;">1</td>'),
        ('<th class="x"><a>1</a></th>', NAME, '<th scope="row" class="x"><a>1</a></th>'),
        ('<td class="action-checkbox">1</td>', BOXES, '<td class="action-checkbox">1</td>'),
        ("<td><td>1</td>", NAME, '<td data-label="Name"><td>1</td>'),
    ],
)
def test_labelled_tells_each_cell_its_column(cell, header, told):
    assert labelled([cell], [header]) == [told]
