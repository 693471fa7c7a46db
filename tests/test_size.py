import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "imsinfo"
MODULES = [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def function_lengths():
    return {
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, FUNCTIONS)
    }


def test_no_function_is_longer_than_forty_lines():
    assert {name: length for name, length in function_lengths().items() if length > 40} == {}


def test_nine_functions_in_ten_have_twenty_lines_at_most():
    lengths = sorted(function_lengths().values())
    assert lengths[int(len(lengths) * 0.9)] <= 20


def test_no_module_is_longer_than_three_hundred_lines():
    lengths = {path.relative_to(PACKAGE): path.read_text().count("\n") for path in MODULES}
    assert {path: length for path, length in lengths.items() if length > 300} == {}
