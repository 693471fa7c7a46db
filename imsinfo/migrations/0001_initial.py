from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Throttle',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('ends_at', models.BigIntegerField(db_index=True)),
                ('count', models.PositiveIntegerField()),
            ],
        ),
    ]
