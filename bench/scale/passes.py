"""`python -m bench.scale.passes`, with a site's environment: background work, timed.

Cleanup with nothing to do, cleanup of some that have expired, the comparison with the store.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import django

EXPIRED = 50


def main() -> None:
    django.setup()
    from django.utils import timezone

    from transfers.maintenance import cleanup, reconciliation
    from transfers.models import State, Transfer
    from transfers.stores import current_store

    found = {"cleanup_first_ms": _milliseconds(cleanup.run)}
    found["cleanup_ms"] = _milliseconds(cleanup.run)
    alive = Transfer.objects.filter(state=State.COMPLETED).order_by("created_at")
    some = list(alive.values_list("pk", flat=True)[:EXPIRED])
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    Transfer.objects.filter(pk__in=some).update(expires_at=a_minute_ago)
    took = _milliseconds(cleanup.run)
    found["deletion_ms"] = (took - found["cleanup_ms"]) / max(1, len(some))
    before_mib = _peak_mib()
    found["listing_ms"] = _milliseconds(lambda: list(map(len, current_store().contents())))
    found["reconcile_ms"] = _milliseconds(reconciliation.compare)
    found["reconcile_more_mib"] = _peak_mib() - before_mib
    sys.stdout.write(json.dumps(found) + "\n")


def _milliseconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
