from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0008_indexes_of_what_cleanup_looks_for"),
    ]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="leased_until",
            field=models.DateTimeField(null=True),
        ),
    ]
