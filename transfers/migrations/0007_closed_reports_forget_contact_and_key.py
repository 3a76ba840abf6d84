from django.db import migrations


def forget(apps, schema_editor) -> None:
    """As closing a report does: those that were closed before it did still have both."""
    reports = apps.get_model("transfers", "AbuseReport").objects.using(
        schema_editor.connection.alias
    )
    reports.exclude(state="open").update(contact="", disclosed_key="")


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0006_beginnings_of_blocked_payloads"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
