"""Cases for store, database, cleanup, and for what visitors do."""

from tests.monitoring.rule_cases import (
    CLEANUP,
    DATABASE,
    SITE,
    STORE,
    WARNING,
    Case,
    Firing,
    cost,
)

GB = 10**9
SHIPPED_LINES = {"10": "info", "25": "warning", "50": "critical"}


def store_calls(errors: int, calls: int) -> dict[str, str]:
    return {
        "sgraph_send_store_up": "1+0x20",
        'sgraph_send_store_errors_total{verb="stat"}': f"0+{errors}x20",
        'sgraph_send_store_seconds_count{verb="stat"}': f"0+{calls}x20",
    }


def month(dollars: int, lines: dict[str, str]) -> dict[str, str]:
    """The estimate, and the severity of each threshold, as two processes export them."""
    thresholds = {
        f'sgraph_send_cost_threshold_dollars{{threshold="{line}", severity="{severity}", '
        f'instance="{process}"}}': f"{line}+0x100"
        for line, severity in lines.items()
        for process in ("a", "b")
    }
    estimates = {
        f'sgraph_send_estimated_monthly_dollars{{instance="{process}"}}': f"{dollars}+0x100"
        for process in ("a", "b")
    }
    return estimates | thresholds


PARTS = [
    Case(
        "the store does not answer",
        "SGraphSendStoreFailing",
        "4m",
        {"sgraph_send_store_up": "1 0+0x9"},
        (STORE,),
    ),
    Case(
        "the store refuses one call in ten",
        "SGraphSendStoreFailing",
        "8m",
        store_calls(2, 20),
        (STORE,),
    ),
    Case(
        "the store refuses one call in a hundred",
        "SGraphSendStoreFailing",
        "8m",
        store_calls(2, 200),
    ),
    Case(
        "the database does not answer",
        "SGraphSendDatabaseFailing",
        "3m",
        {"sgraph_send_database_up": "1 0+0x9"},
        (DATABASE,),
    ),
    Case(
        "the database missed one probe",
        "SGraphSendDatabaseFailing",
        "3m",
        {"sgraph_send_database_up": "1 1 0 1 1"},
    ),
]
CLEANING = [
    Case(
        "cleanup stopped",
        "SGraphSendCleanupLate",
        "25m",
        {
            f"up{SITE}": "1+0x30",
            "sgraph_send_cleanup_last_success_timestamp_seconds": "60+0x30",
        },
        (CLEANUP,),
    ),
    Case(
        "cleanup never succeeded",
        "SGraphSendCleanupLate",
        "8m",
        {"sgraph_send_database_up": "1+0x30"},
        (CLEANUP,),
    ),
    Case(
        "cleanup goes on",
        "SGraphSendCleanupLate",
        "40m",
        {
            f"up{SITE}": "1+0x50",
            "sgraph_send_cleanup_last_success_timestamp_seconds": "0+60x50",
        },
    ),
    Case(
        "the database is away, and what cleanup measured along with it",
        "SGraphSendCleanupLate",
        "20m",
        {f"up{SITE}": "1+0x30", "sgraph_send_database_up": "0+0x30"},
    ),
    Case(
        "due two hours ago",
        "SGraphSendDeletionLag",
        "16m",
        {"sgraph_send_deletion_lag_seconds": "7200+0x20"},
        (
            Firing(
                WARNING,
                "A transfer should have been deleted 2h 0m 0s ago and still has bytes.",
            ),
        ),
    ),
    Case(
        "due since the last pass",
        "SGraphSendDeletionLag",
        "16m",
        {"sgraph_send_deletion_lag_seconds": "60+0x20"},
    ),
]
USE = [
    Case(
        "bytes double within hours",
        "SGraphSendStorageGrowth",
        "12h",
        {"sgraph_send_stored_bytes": f"{20 * GB}+0x150 {40 * GB}+0x50"},
        (
            Firing(
                WARNING,
                "37.25GiB are stored, half as much again as at any time of the week before.",
            ),
        ),
        interval="4m",
    ),
    Case(
        "a small site doubles",
        "SGraphSendStorageGrowth",
        "12h",
        {"sgraph_send_stored_bytes": f"{4 * GB}+0x150 {8 * GB}+0x50"},
        interval="4m",
    ),
    Case(
        "a large site grows slowly",
        "SGraphSendStorageGrowth",
        "12h",
        {"sgraph_send_stored_bytes": f"{400 * GB}+{GB // 3}x200"},
        interval="4m",
    ),
    Case(
        "a hundred refusals a minute out of nothing",
        "SGraphSendThrottleSurge",
        "17m",
        {'sgraph_send_throttled_total{rule="create"}': "0+100x20"},
        (Firing(WARNING, "1k calls in ten minutes were beyond a rate limit."),),
    ),
    Case(
        "as many as all day",
        "SGraphSendThrottleSurge",
        "25h",
        {'sgraph_send_throttled_total{rule="create"}': "0+100x1600"},
    ),
    Case(
        "guesses at a passphrase go on while they are refused",
        "SGraphSendProofFailureSurge",
        "13m",
        {
            "sgraph_send_proof_failures_total": "0+1x15",
            'sgraph_send_refusals_total{code="too_many_guesses"}': "0+20x15",
        },
        (Firing(WARNING, "210 wrong or refused guesses in ten minutes."),),
    ),
    Case(
        "people mistype",
        "SGraphSendProofFailureSurge",
        "13m",
        {
            "sgraph_send_proof_failures_total": "0+2x15",
            'sgraph_send_refusals_total{code="transfer_expired"}': "0+50x15",
        },
    ),
    Case(
        "twelve dollars",
        "SGraphSendCost",
        "90m",
        month(12, SHIPPED_LINES),
        (cost("10", "info", 12),),
    ),
    Case(
        "sixty dollars",
        "SGraphSendCost",
        "90m",
        month(60, SHIPPED_LINES),
        (cost("10", "info", 60), cost("25", "warning", 60), cost("50", "critical", 60)),
    ),
    Case(
        "sixty dollars on a site with lines of its own",
        "SGraphSendCost",
        "90m",
        month(60, {"40.5": "info", "55": "warning", "60": "warning", "500": "critical"}),
        (cost("40.5", "info", 60), cost("55", "warning", 60), cost("60", "warning", 60)),
    ),
    Case("nine dollars", "SGraphSendCost", "90m", month(9, SHIPPED_LINES)),
    Case("no line is wanted", "SGraphSendCost", "90m", month(900, {})),
]
