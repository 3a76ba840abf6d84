"""Checks of what the server itself needs: database, store, cache, disk, cleanup."""

import shutil
import time
from pathlib import Path

from django.conf import settings

from sgraph_send.doctor.diagnosis import Deployment, Diagnosis, fail, ok, warn
from transfers.maintenance import probes

CLEANUP_PASSES_MISSED = 3
CLEANUP_GRACE_SECONDS = 300
DELETION_LAG_SECONDS = 3600


def database(deployment: Deployment) -> Diagnosis:
    if probes.found().is_up["database"]:
        return ok("It answers.")
    return fail("It does not answer.", "Start it, and check DATABASE_URL.")


def migrations(deployment: Deployment) -> Diagnosis:
    found = probes.found()
    if not found.is_up["database"]:
        return warn("Not known while the database is away.", "Fix the database first.")
    if found.unapplied:
        names = ", ".join(found.unapplied[:3])
        return fail(
            f"{len(found.unapplied)} are not applied: {names}.",
            "Run manage.py migrate, or restart manage.py serve, which does it.",
        )
    return ok("All are applied.")


def store(deployment: Deployment) -> Diagnosis:
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


def cache(deployment: Deployment) -> Diagnosis:
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


def disk(deployment: Deployment) -> Diagnosis:
    folders = {settings.DATA_DIR}
    if settings.STORE == "local":
        folders.add(settings.LOCAL_STORE_DIR)
    free_bytes, folder = min((_free_bytes(each), each) for each in folders)
    found = f"{free_bytes / 2**30:.1f} GiB are free at {folder}"
    remedy = "Free some, or move SGRAPH_SEND__DATA_DIR to a larger disk."
    if free_bytes < deployment.free_bytes_min / 5:
        return fail(f"{found}.", remedy)
    if free_bytes < deployment.free_bytes_min:
        return warn(f"{found}, less than {deployment.free_bytes_min / 2**30:g} GiB.", remedy)
    return ok(f"{found}.")


def cleanup(deployment: Deployment) -> Diagnosis:
    gauges = probes.found().gauges
    remedy = (
        "It runs beside manage.py serve: look for `cleanup failed` in its log, or run "
        "manage.py cleanup_transfers by a timer."
    )
    if not probes.found().is_up["database"]:
        return warn("Not known while the database is away.", "Fix the database first.")
    if "cleanup_last_success" not in gauges:
        return fail("It has never finished a pass.", remedy)
    ago_seconds = max(0, time.time() - gauges["cleanup_last_success"])
    ago_seconds_max = CLEANUP_PASSES_MISSED * settings.CLEANUP_EVERY_SECONDS + CLEANUP_GRACE_SECONDS
    if ago_seconds > ago_seconds_max:
        return fail(f"Its last pass was {ago_seconds / 60:.0f} minutes ago.", remedy)
    if gauges.get("deletion_lag_seconds", 0) > DELETION_LAG_SECONDS:
        return warn(
            f"It runs, and something should be gone for {gauges['deletion_lag_seconds'] / 3600:.1f}"
            " hours.",
            "See docs/runbooks/deletion-lag.md.",
        )
    return ok(f"Its last pass was {ago_seconds:.0f} seconds ago.")


def _free_bytes(folder: Path) -> int:
    """Of the disk where the folder is, or will be."""
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(existing).free
