"""The table of a run's jobs, from what GitHub answers."""

from deploy.release.job_times import job_times, table


def job(name: str, started: str | None, completed: str | None, conclusion: str | None) -> dict:
    created = "2027-01-31T10:00:00Z"
    return {
        "name": name,
        "created_at": created,
        "started_at": started,
        "completed_at": completed,
        "conclusion": conclusion,
    }


PAGES = [
    {"jobs": [job("Deploy | user", "2027-01-31T10:20:00Z", "2027-01-31T10:21:05Z", "failure")]},
    {
        "jobs": [
            job("Test", "2027-01-31T10:00:07Z", "2027-01-31T10:18:37Z", "success"),
            job("Times", "2027-01-31T10:22:00Z", None, None),
            job("Prod", "2027-01-31T10:00:00Z", "2027-01-31T10:00:00Z", "skipped"),
        ]
    },
]


def test_jobs_that_ended_are_listed_as_they_ran():
    assert job_times(PAGES) == [
        {"job": "Test", "conclusion": "success", "queued_seconds": 7, "seconds": 1110},
        {"job": "Deploy | user", "conclusion": "failure", "queued_seconds": 1200, "seconds": 65},
    ]


def test_the_table_says_minutes_and_seconds():
    rows = table(job_times(PAGES)).splitlines()
    assert rows[2] == "| Test | success | 7 | 18:30 |"
    assert rows[3] == "| Deploy \\| user | failure | 1200 | 1:05 |"
