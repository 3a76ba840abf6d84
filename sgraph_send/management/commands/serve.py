from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from sgraph_send.database_setup import prepare_database
from sgraph_send.server.gunicorn_app import Server
from sgraph_send.server.listening import CannotListen, authority, check_address
from sgraph_send.static_files import collect_if_changed
from transfers.amounts import counted
from transfers.models import State, Transfer
from transfers.stores import current_store, local_identity
from transfers.stores.base import StoreUnavailable


class Command(BaseCommand):
    help = "Prepare everything (database, static files, store) and serve the site with gunicorn."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        self.check()
        self.check(tags=["serve"], include_deployment_checks=True)
        try:
            check_address()
        except CannotListen as exc:
            raise CommandError(str(exc)) from exc
        prepare_database()
        self.check(tags=["database"], databases=["default"])
        collect_if_changed()
        self._prepare_store()
        self._close_connections()
        Server(self._announce).run()

    def _announce(self) -> None:
        address = (settings.PUBLIC_ORIGINS or [f"http://{authority()}"])[0]
        self.stdout.write(f"SGraph Send is ready on {address} (stop with Ctrl-C)")
        self.stdout.flush()

    def _prepare_store(self) -> None:
        try:
            store = current_store()
            left_wrong = store.provision(settings.CORS_ALLOWED_ORIGINS)
        except StoreUnavailable as exc:
            raise CommandError(f"The store does not answer ({exc}). {_remedy()}") from exc
        others = Transfer.objects.exclude(state=State.DELETED).exclude(
            store=store.kind, bucket=store.bucket
        )
        if foreign := others.first():
            raise CommandError(
                f"In another store: {counted(others.count(), 'transfer')} ({foreign.store} "
                f"{foreign.bucket or settings.LOCAL_STORE_DIR}). Start with that store's settings, "
                "or let them expire with cleanup_transfers first."
            )
        where = settings.LOCAL_STORE_DIR if settings.STORE == "local" else store.bucket
        self.stdout.write(f"Ciphertext goes to: {store.kind}, {where}")
        for clause in left_wrong:
            self.stderr.write(f"Bucket {store.bucket}, see manage.py audit_bucket: {clause}")

    def _close_connections(self) -> None:
        """Workers are forked from this process: a socket that they shared would mix up answers."""
        connections.close_all()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]  # not in django-stubs yet
        current_store().close_connections()


def _remedy() -> str:
    if settings.STORE != "local":
        return "Check its settings."
    return (
        "Mount or restore it. To begin with another store instead, an empty folder too, delete "
        f"{local_identity.kept_beside(settings.LOCAL_STORE_DIR)}."
    )
