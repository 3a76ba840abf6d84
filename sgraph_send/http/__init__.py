"""Around every request: the log line, security headers, one error shape, checks before any view.

What a call does is in `transfers.api`; how a connection is served is in `sgraph_send.server`.
"""
