from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0008_indexes_of_what_cleanup_looks_for"),
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
