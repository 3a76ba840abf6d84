"""What is counted: hourly totals, page visits, cost estimates and Prometheus metrics.

Nothing here reads the store or decides about a transfer; rows are in `transfers.models`.
"""
