from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0007_closed_reports_forget_contact_and_key"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="transfer", name="transfer_used_up"),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(
                    ("download_count__gte", models.F("max_downloads")), ("state", "completed")
                ),
                fields=["expires_at"],
                name="transfer_used_up",
            ),
        ),
        migrations.AddIndex(
            model_name="lease",
            index=models.Index(
                condition=models.Q(("finished_at", None)),
                fields=["transfer"],
                name="lease_unfinished",
            ),
        ),
    ]
