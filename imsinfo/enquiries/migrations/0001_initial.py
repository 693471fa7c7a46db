import django.db.models.deletion
import django.utils.timezone
import imsinfo.enquiries.encryption
import imsinfo.enquiries.references
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('staff', '0001_initial'),
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
                ('wants_receipt', models.BooleanField(db_default=False, default=False)),
                ('consent_version', models.CharField(editable=False, max_length=20)),
                ('consent_text', models.TextField(editable=False)),
                ('suspected_spam', models.BooleanField(db_default=False, default=False, editable=False)),
                ('spam_reasons', models.CharField(blank=True, db_default='', default='', editable=False, max_length=100)),
                ('channel', models.CharField(choices=[('online', 'Online form'), ('call', 'Phone call'), ('visit', 'Visit'), ('letter', 'Letter or paper form')], db_default='online', default='online', max_length=10)),
                ('state', models.CharField(choices=[('new', 'New'), ('in-review', 'In review'), ('awaiting-clinician', 'Awaiting clinician'), ('awaiting-patient', 'Awaiting patient'), ('booked', 'Booked'), ('closed', 'Closed')], default='new', max_length=20)),
                ('state_since', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_on', models.DateField(null=True)),
                ('first_contact_at', models.DateTimeField(null=True)),
                ('clinician_answer', models.CharField(blank=True, choices=[('book', 'OK to book an assessment'), ('phone', 'I will phone first'), ('doctor', 'See a doctor first'), ('not-suitable', 'Not suitable'), ('asked', 'Asked, and not answered yet')], db_default='', default='', max_length=20)),
                ('booked_for', models.DateField(null=True)),
                ('on_hold', models.BooleanField(db_default=False, default=False)),
                ('closed_reason', models.CharField(blank=True, choices=[('booked', 'Booked'), ('advised', 'Advised to seek care elsewhere'), ('not-suitable', 'Not suitable'), ('withdrew', 'Withdrew'), ('unreached', 'Could not reach'), ('no-capacity', 'No capacity, or out of area'), ('under-18', 'Under 18'), ('urgent-care', 'Sent to urgent care'), ('duplicate', 'Duplicate'), ('spam', 'Spam'), ('test', 'Test')], max_length=20)),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('advice', models.CharField(blank=True, choices=[('none', 'No clinical advice was given'), ('copied', 'Advice was given and copied to the patient record')], db_default='', default='', max_length=10)),
                ('advice_copied_on', models.DateField(null=True)),
                ('version', models.PositiveIntegerField(db_default=0, default=0)),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='corrections', to='enquiries.enquiry')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enquiries', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'enquiries',
                'ordering': ('received_at', 'pk'),
                'permissions': (('work_on_enquiry', 'Can take, contact, book and close enquiries'), ('answer_as_clinician', 'Can answer as a clinician'), ('hold_enquiry', 'Can put an enquiry on hold'), ('reassign_enquiries', 'Can hand over all enquiries of one person'), ('export_enquiries', 'Can export enquiries'), ('erase_enquiry', 'Can erase enquiries and answer requests for access'), ('see_reports', 'Can see reports on enquiries')),
                'default_permissions': ('add', 'view'),
            },
        ),
        migrations.CreateModel(
            name='ContactAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('way', models.CharField(choices=[('phone', 'Phone call'), ('email', 'Email'), ('text', 'Text message'), ('letter', 'Letter'), ('visit', 'In person')], max_length=10)),
                ('outcome', models.CharField(choices=[('reached', 'Reached them'), ('left-word', 'Left a message, or wrote to them'), ('no-answer', 'No answer'), ('came-to-us', 'They called or wrote to us')], max_length=12)),
                ('author', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='enquiries.enquiry')),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='ErasureRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reason', imsinfo.enquiries.encryption.EncryptedTextField()),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enquiry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='erasure_request', to='enquiries.enquiry')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ExportReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', imsinfo.enquiries.encryption.EncryptedTextField()),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='staff.auditevent')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='LookupHash',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('name', 'Word of a name'), ('phone', 'Phone number'), ('email', 'Email address'), ('answers', 'All answers together')], max_length=10)),
                ('digest', models.CharField(max_length=32)),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hashes', to='enquiries.enquiry')),
            ],
            options={
                'verbose_name_plural': 'lookup hashes',
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
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('staff', 'Notice to staff'), ('receipt', 'Receipt'), ('digest', 'Digest for staff')], max_length=10)),
                ('message', models.UUIDField(default=uuid.uuid4)),
                ('owed_since', models.DateTimeField(default=django.utils.timezone.now)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('given_up_at', models.DateTimeField(blank=True, null=True)),
                ('enquiry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='enquiries.enquiry')),
            ],
            options={
                'ordering': ('next_try_at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=12, unique=True)),
                ('received_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_reason', models.CharField(blank=True, choices=[('booked', 'Booked'), ('advised', 'Advised to seek care elsewhere'), ('not-suitable', 'Not suitable'), ('withdrew', 'Withdrew'), ('unreached', 'Could not reach'), ('no-capacity', 'No capacity, or out of area'), ('under-18', 'Under 18'), ('urgent-care', 'Sent to urgent care'), ('duplicate', 'Duplicate'), ('spam', 'Spam'), ('test', 'Test')], max_length=20)),
                ('channel', models.CharField(choices=[('online', 'Online form'), ('call', 'Phone call'), ('visit', 'Visit'), ('letter', 'Letter or paper form')], max_length=10)),
                ('erased_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('path', models.CharField(choices=[('retention', 'Time was over'), ('spam', 'Spam, time was over'), ('request', 'On request')], max_length=12)),
                ('reason', imsinfo.enquiries.encryption.EncryptedTextField(blank=True)),
                ('erased_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'erased enquiry',
                'verbose_name_plural': 'erased enquiries',
                'ordering': ('-erased_at', '-pk'),
                'default_permissions': ('view',),
            },
        ),
        migrations.AddIndex(
            model_name='enquiry',
            index=models.Index(fields=['state', 'due_on'], name='enquiry_state_and_due'),
        ),
        migrations.AddIndex(
            model_name='enquiry',
            index=models.Index(fields=['received_at'], name='enquiry_received'),
        ),
        migrations.AddIndex(
            model_name='enquiry',
            index=models.Index(fields=['corrects', 'received_at'], name='enquiry_corrections'),
        ),
        migrations.AddConstraint(
            model_name='enquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed'), models.Q(('closed_reason', ''), _negated=True)), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None), ('closed_reason', '')), _connector='OR'), name='closed_with_reason_and_time'),
        ),
        migrations.AddConstraint(
            model_name='lookuphash',
            constraint=models.UniqueConstraint(fields=('digest', 'enquiry'), name='each_hash_once'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('given_up_at', None), ('sent_at', None)), fields=['next_try_at'], name='mail_that_waits'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('enquiry', None), ('kind', 'digest')), models.Q(models.Q(('kind', 'digest'), _negated=True), ('enquiry__isnull', False)), _connector='OR'), name='digest_alone_has_no_enquiry'),
        ),
    ]
