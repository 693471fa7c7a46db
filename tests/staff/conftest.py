import pytest

from tests.accounts import PASSWORD, set_up_phone


@pytest.fixture
def ada(django_user_model):
    """Somebody of staff who has no phone yet."""
    return django_user_model.objects.create_user("ada", password=PASSWORD, is_staff=True)


@pytest.fixture
def phone(ada):
    return set_up_phone(ada)


@pytest.fixture
def by_password(client, ada):
    """A client that has given the password and nothing else."""
    client.force_login(ada)
    return client
