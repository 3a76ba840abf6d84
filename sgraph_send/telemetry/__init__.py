"""What a running site reports to its operators: log lines, metrics, traces, errors, health.

What is counted is decided in `transfers.statistics`; `sgraph_send.uptime` watches from outside.
"""
