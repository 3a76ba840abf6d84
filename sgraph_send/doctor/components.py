"""What the server itself needs: database, store, cache, disk, cleanup."""

import shutil
import time
from pathlib import Path

from django.conf import settings

from sgraph_send.doctor.finding import Deployment, Finding, fail, ok, warn
from transfers.maintenance import probes

CLEANUP_PASSES_MISSED = 3
CLEANUP_GRACE_SECONDS = 300
DELETION_LAG_SECONDS = 3600


def database(deployment: Deployment) -> Finding:
    if probes.found().is_up["database"]:
        return ok("It answers.")
    return fail("It does not answer.", "Start it, and check DATABASE_URL.")


def migrations(deployment: Deployment) -> Finding:
    found = probes.found()
    if not found.is_up["database"]:
        return warn("Not known while the database is away.", "Mend the database first.")
    if found.unapplied:
        names = ", ".join(found.unapplied[:3])
        return fail(
            f"{len(found.unapplied)} are not applied: {names}.",
            "Run manage.py migrate, or restart manage.py serve, which does it.",
        )
    return ok("All are applied.")


def store(deployment: Deployment) -> Finding:
    if probes.found().is_up["store"]:
        return ok(f"The {settings.STORE} store answers this machine.")
    if settings.STORE == "local":
        return fail(
            f"{settings.LOCAL_STORE_DIR} is not there or can not be used.",
            "Mount it, or set SGRAPH_SEND__DATA_DIR; the user of the server must own it.",
        )
    return fail(
        "The bucket does not answer this machine.",
        "Check SGRAPH_SEND__S3_BUCKET, SGRAPH_SEND__S3_ENDPOINT_URL and the AWS_* credentials, "
        "then run manage.py audit_bucket.",
    )


def cache(deployment: Deployment) -> Finding:
    if not settings.REDIS_URL:
        if settings.PROCESSES == 1:
            return ok("One process keeps its cache for itself. Several servers would need Redis.")
        return fail(
            f"{settings.PROCESSES} processes share no cache.",
            "Set REDIS_URL, or SGRAPH_SEND__PROCESSES=1.",
        )
    if probes.found().is_up["cache"]:
        return ok("Redis answers, and is shared between processes.")
    return fail("Redis does not answer.", "Start it, and check REDIS_URL.")


def disk(deployment: Deployment) -> Finding:
    places = {settings.DATA_DIR}
    if settings.STORE == "local":
        places.add(settings.LOCAL_STORE_DIR)
    free_bytes, place = min((_free_bytes(place), place) for place in places)
    told = f"{free_bytes / 2**30:.1f} GiB are free at {place}"
    mend = "Free some, or move SGRAPH_SEND__DATA_DIR to a larger disk."
    if free_bytes < deployment.free_bytes_min / 5:
        return fail(f"{told}.", mend)
    if free_bytes < deployment.free_bytes_min:
        return warn(f"{told}, less than {deployment.free_bytes_min / 2**30:g} GiB.", mend)
    return ok(f"{told}.")


def cleanup(deployment: Deployment) -> Finding:
    gauges = probes.found().gauges
    mend = (
        "It runs beside manage.py serve: look for `cleanup failed` in its log, or run "
        "manage.py cleanup_transfers by a timer."
    )
    if not probes.found().is_up["database"]:
        return warn("Not known while the database is away.", "Mend the database first.")
    if "cleanup_last_success" not in gauges:
        return fail("It has never finished a pass.", mend)
    ago_seconds = max(0, time.time() - gauges["cleanup_last_success"])
    patience = CLEANUP_PASSES_MISSED * settings.CLEANUP_EVERY_SECONDS + CLEANUP_GRACE_SECONDS
    if ago_seconds > patience:
        return fail(f"Its last pass was {ago_seconds / 60:.0f} minutes ago.", mend)
    if gauges.get("deletion_lag_seconds", 0) > DELETION_LAG_SECONDS:
        return warn(
            f"It runs, and something should be gone for {gauges['deletion_lag_seconds'] / 3600:.1f}"
            " hours.",
            "See docs/runbooks/deletion-lag.md.",
        )
    return ok(f"Its last pass was {ago_seconds:.0f} seconds ago.")


def _free_bytes(place: Path) -> int:
    existing = next(folder for folder in (place, *place.parents) if folder.exists())
    return shutil.disk_usage(existing).free
