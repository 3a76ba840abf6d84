"""A check for commands that may run before the site was ever started."""

from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def require_tables() -> None:
    """Raises CommandError while the database lacks tables or columns of this version."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(
            "The database is not set up for this version yet. Start the site once (serve does it), "
            "or run the command migrate; then try again."
        )
