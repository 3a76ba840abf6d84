from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0003_figures_visits_and_waitlist"),
    ]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="found_absent",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
    ]
