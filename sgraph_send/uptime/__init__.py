"""Uptime checks of a site from outside, behind `manage.py monitor`: all go through its public
address.

Nothing here reads the database, the cache or the store, so that it runs on any machine; checks of a
deployment from inside are in `doctor`.
"""
