from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0010_running_downloads_reach_their_transfers"),
    ]

    operations = [
        migrations.CreateModel(
            name="LogKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("key", models.BinaryField()),
            ],
        ),
    ]
