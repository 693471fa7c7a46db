import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PageReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'managed': False,
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='FirstPassword',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='first_password', serialize=False, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stands_in', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('first_day', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='absence_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('deputy', models.F('user')), _negated=True), name='nobody_stands_in_for_themselves')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('action', models.CharField(choices=[('received', 'Received'), ('corrected', 'Correction received'), ('entered', 'Added for someone'), ('listed', 'Queue seen'), ('searched', 'Looked up'), ('read', 'Read'), ('printed', 'Print view opened'), ('history', 'History seen'), ('moved', 'Moved on'), ('assigned', 'Owner changed'), ('answered', 'Clinician answered'), ('contacted', 'Contact logged'), ('noted', 'Note added'), ('held', 'Put on hold'), ('released', 'Hold ended'), ('reassigned', 'Handed over with all others'), ('exported', 'Exported'), ('disclosed', 'Given out on request'), ('erasure-asked', 'Erasure asked for'), ('erasure-declined', 'Erasure declined'), ('erased', 'Erased'), ('retention', 'Retention applied'), ('restored', 'Restored from a backup'), ('signed-in', 'Signed in'), ('signed-out', 'Signed out'), ('sign-in-failed', 'Sign-in failed'), ('code-refused', 'Second factor refused'), ('factor-set', 'Second factor set up'), ('factor-reset', 'Second factor reset'), ('recovery-used', 'Recovery code used'), ('password-changed', 'Password changed'), ('account-made', 'Account made'), ('account-changed', 'Account changed'), ('account-deleted', 'Account deleted'), ('roles-set', 'Roles set up'), ('absence', 'Absence changed'), ('refused', 'Refused'), ('audit-read', 'Audit seen'), ('audit-exported', 'Audit exported')], max_length=20)),
                ('reference', models.CharField(blank=True, db_index=True, default='', max_length=12)),
                ('detail', models.CharField(blank=True, default='', max_length=100)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('at', 'pk'),
                'permissions': (('export_auditevent', 'Can export audit events'),),
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['-at'], name='audit_newest_first')],
            },
        ),
    ]
