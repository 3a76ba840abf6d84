"""Ninety days of hourly totals and page visits, made by SQL."""

DAYS = 90
NAMES = [
    "transfers_created",
    "transfers_completed",
    "transfers_expired",
    "transfers_exhausted",
    "transfers_failed",
    "transfers_deleted",
    "transfers_taken_down",
    "downloads_started",
    "downloads_finished",
    "raw_downloads",
    "bytes_created",
    "bytes_erased",
    "bytes_served",
    "bytes_leased",
    "refused_limit",
    "refused_guess",
    "refused_token",
    "refused_proof",
    "reports_filed",
    "visits",
]
FIGURES = """
INSERT INTO transfers_hourlyfigure (hour, name, shard, value)
SELECT date_trunc('hour', now()) - h * interval '1 hour', name, 0, 100 + h %% 50
FROM generate_series(0, %(hours)s) AS h, unnest(%(names)s::text[]) AS name
ON CONFLICT DO NOTHING
"""
VISITS = """
INSERT INTO transfers_pagevisits (day, page, referring_site, count)
SELECT current_date - d, page, 'site' || s || '.example', 10
FROM generate_series(0, %(days)s) AS d, generate_series(1, 20) AS s,
    unnest(ARRAY['send', 'download', 'manage']) AS page
"""
