from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0005_use_of_tokens_by_the_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="blockedpayload",
            name="beginning_sha256",
            field=models.BinaryField(null=True),
        ),
    ]
