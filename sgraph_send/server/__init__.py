"""gunicorn as this site runs it: settings, server hooks, log format, and the cleanup beside it.

What requests mean is nothing of this package: see `sgraph_send.http` and `transfers.api`.
"""
