# The first tables of the enquiries.

import django.db.models.deletion
import django.utils.timezone
import imsinfo.enquiries.encryption
import imsinfo.enquiries.references
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=imsinfo.enquiries.references.new_reference, editable=False, max_length=12, unique=True)),
                ('submission_id', models.UUIDField(editable=False, unique=True)),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('someone_else', models.BooleanField(default=False)),
                ('doctor_first', models.BooleanField(default=False)),
                ('doctor_first_signs', models.JSONField(blank=True, default=list)),
                ('area', models.CharField(choices=[('head', 'Head or jaw'), ('neck', 'Neck'), ('shoulder', 'Shoulder'), ('upper-back', 'Upper back or between the shoulder blades'), ('chest', 'Chest or ribs'), ('arm', 'Arm or elbow'), ('hand', 'Wrist or hand'), ('lower-back', 'Lower back'), ('hip', 'Buttock, hip or groin'), ('thigh', 'Thigh or knee'), ('leg', 'Lower leg, ankle or foot'), ('several', 'Several places, or all over')], max_length=20)),
                ('duration', models.CharField(choices=[('under-6-weeks', 'Less than 6 weeks'), ('under-3-months', '6 weeks to 3 months'), ('under-a-year', '3 months to a year'), ('over-a-year', 'More than a year'), ('comes-and-goes', 'It comes and goes')], max_length=20)),
                ('impact', models.CharField(blank=True, choices=[('little', 'A little'), ('some', 'It stops some things'), ('most', 'It stops most things')], max_length=20)),
                ('seen', models.CharField(blank=True, choices=[('doctor', 'A doctor'), ('physiotherapist', 'A physiotherapist'), ('both', 'Both'), ('neither', 'Neither')], max_length=20)),
                ('caution', models.CharField(choices=[('no', 'No'), ('yes', 'Yes'), ('unsure', 'Not sure'), ('by-phone', 'I would rather say by phone')], max_length=20)),
                ('message', imsinfo.enquiries.encryption.EncryptedTextField(blank=True)),
                ('name', imsinfo.enquiries.encryption.EncryptedTextField()),
                ('link', imsinfo.enquiries.encryption.EncryptedTextField(blank=True)),
                ('their_first_name', imsinfo.enquiries.encryption.EncryptedTextField(blank=True)),
                ('contact_whom', models.CharField(blank=True, choices=[('asker', 'Me'), ('person', 'The person with the pain')], max_length=20)),
                ('reply_by', models.CharField(choices=[('phone', 'Phone call'), ('email', 'Email'), ('text', 'Text message')], max_length=20)),
                ('phone', imsinfo.enquiries.encryption.EncryptedTextField(blank=True)),
                ('email', imsinfo.enquiries.encryption.EncryptedTextField(blank=True)),
                ('may_leave_message', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No')], max_length=20)),
                ('place', models.CharField(blank=True, choices=[('clinic', 'At the clinic'), ('video', 'By video first (needling needs a visit)')], max_length=20)),
                ('best_time', models.CharField(blank=True, choices=[('morning', 'Morning'), ('afternoon', 'Afternoon'), ('evening', 'Late in the day')], max_length=20)),
                ('help_needed', imsinfo.enquiries.encryption.EncryptedTextField(blank=True)),
                ('consent_version', models.CharField(editable=False, max_length=20)),
                ('consent_text', models.TextField(editable=False)),
                ('state', models.CharField(choices=[('new', 'New'), ('in-review', 'In review'), ('awaiting-clinician', 'Awaiting clinician'), ('awaiting-patient', 'Awaiting patient'), ('booked', 'Booked'), ('closed', 'Closed')], default='new', max_length=20)),
                ('closed_reason', models.CharField(blank=True, choices=[('booked', 'Booked'), ('advised', 'Advised to seek care elsewhere'), ('not-suitable', 'Not suitable'), ('withdrew', 'Withdrew'), ('unreached', 'Could not reach'), ('no-capacity', 'No capacity, or out of area'), ('under-18', 'Under 18'), ('urgent-care', 'Sent to urgent care'), ('duplicate', 'Duplicate'), ('spam', 'Spam'), ('test', 'Test')], max_length=20)),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='corrections', to='enquiries.enquiry')),
            ],
            options={
                'verbose_name_plural': 'enquiries',
                'ordering': ('received_at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('text', imsinfo.enquiries.encryption.EncryptedTextField()),
                ('author', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='enquiries.enquiry')),
            ],
            options={
                'ordering': ('written_at', 'pk'),
            },
        ),
        migrations.AddConstraint(
            model_name='enquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed'), models.Q(('closed_reason', ''), _negated=True)), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None), ('closed_reason', '')), _connector='OR'), name='closed_with_reason_and_time'),
        ),
    ]
