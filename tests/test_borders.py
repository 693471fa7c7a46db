import ast
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "imsinfo"
# Modules whose work is a request, a response or an address.
HTTP_MODULES = {
    *("admin.py", "admin_config.py", "asking.py", "compression.py", "context.py", "door.py"),
    *(
        "errors.py",
        "middleware.py",
        "origin.py",
        "request_log.py",
        "site.py",
        "urls.py",
        "views.py",
    ),
    "wsgi.py",
}
HTTP = ("django.http", "django.shortcuts", "django.test", "django.urls", "django.views")


def is_http(name):
    return name in HTTP_MODULES or name.endswith("_views.py")


def imported_names(source, package):
    """Every module and name that source, a module of package, imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imports_of(folder):
    """Return (file, name) for every import below a folder of the package."""
    return {
        (path.relative_to(PACKAGE).as_posix(), name)
        for path in folder.rglob("*.py")
        for name in imported_names(path.read_text(), ".".join(path.relative_to(ROOT).parent.parts))
    }


def within(imports, *modules):
    return {
        (file, name)
        for file, name in imports
        if any(name == module or name.startswith(f"{module}.") for module in modules)
    }


@pytest.mark.parametrize(
    "source",
    [
        "import imsinfo.enquiries.models",
        "import imsinfo.enquiries as other",
        "from imsinfo.enquiries import models",
        "from imsinfo import enquiries",
        "from .. import enquiries",
        "from ..enquiries import models",
        "from ..enquiries.models import Enquiry",
        "def late():\n    from imsinfo.enquiries.models import Enquiry",
    ],
)
def test_every_way_to_import_is_seen(source):
    names = {("views.py", name) for name in imported_names(source, "imsinfo.articles")}
    assert within(names, "imsinfo.enquiries")


@pytest.mark.parametrize(
    ("app", "forbidden"),
    [
        ("articles", "enquiries"),
        ("articles", "staff"),
        ("enquiries", "articles"),
        ("staff", "articles"),
        ("staff", "enquiries"),
    ],
)
def test_apps_do_not_import_each_other(app, forbidden):
    assert within(imports_of(PACKAGE / app), f"imsinfo.{forbidden}") == set()


def test_articles_know_no_database():
    assert within(imports_of(PACKAGE / "articles"), "django.db", "django.contrib.auth") == set()


def test_modules_without_a_request_know_no_http():
    found = within(imports_of(PACKAGE), *HTTP)
    assert {(file, name) for file, name in found if not is_http(Path(file).name)} == set()


@pytest.mark.parametrize(
    "module",
    [
        *("brand/colours", "clinic", "contact_details", "content", "countries", "holidays"),
        *("operating/logs", "editions/overrides", "problems", "red_flags", "operating/startup"),
        *("strict_yaml", "today"),
    ],
)
def test_pure_modules_import_no_more_of_django_than_settings(module):
    names = {
        (module, name) for name in imported_names((PACKAGE / f"{module}.py").read_text(), "imsinfo")
    }
    allowed = {(module, "django.conf"), (module, "django.conf.settings")}
    assert within(names, "django") <= allowed


@pytest.mark.parametrize("module", ["problems", "operating/startup", "strict_yaml"])
def test_settings_may_be_read_with_nothing_of_django(module):
    names = {
        (module, name) for name in imported_names((PACKAGE / f"{module}.py").read_text(), "imsinfo")
    }
    assert within(names, "django") == set()


def run_time(source):
    """Return the source without what is imported for its types alone, which never runs."""
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if "TYPE_CHECKING" not in ast.dump(node)[:60]]
    return ast.unparse(tree)


def graph():
    """Return {module: the modules that it imports}, of each module of the package."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    found = {}
    for module, path in modules.items():
        package = ".".join(path.relative_to(ROOT).parent.parts)
        names = set(imported_names(run_time(path.read_text()), package)) & set(modules)
        # "from package import module" wants the module alone of a package that is a mere folder.
        folders = {name for name in names if any(other.startswith(f"{name}.") for other in names)}
        found[module] = names - folders - {module}
    return found


def circle_in(imports):
    """Return the modules that can be come back to by following imports, or []."""
    ends = {module: set(names) for module, names in imports.items()}
    # What imports nothing that is left, or is imported by nothing that is left, is in no circle.
    while True:
        wanted = set().union(*ends.values()) & set(ends)
        kept = {module for module, names in ends.items() if module in wanted and names & set(ends)}
        if kept == set(ends):
            return sorted(ends)
        ends = {module: ends[module] for module in kept}


@pytest.mark.parametrize(
    ("imports", "circle"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}, ["b", "c"]),
    ],
)
def test_a_circle_of_imports_is_seen(imports, circle):
    assert circle_in(imports) == circle


def test_no_modules_import_each_other_all_round():
    assert circle_in(graph()) == []
