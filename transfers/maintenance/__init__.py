"""Background work on all transfers: cleanup, gauges, probes, reconciliation.

Steps of a single transfer are in `transfers.lifecycle`.
"""
