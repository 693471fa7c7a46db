from django.db import migrations


class Migration(migrations.Migration):
    """The table keeps its rows under its new name; staff.0001 takes it over."""

    dependencies = [("enquiries", "0002_outbox_and_lookup")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterModelTable(name="AuditEvent", table="staff_auditevent")
            ],
            state_operations=[migrations.DeleteModel(name="AuditEvent")],
        ),
    ]
