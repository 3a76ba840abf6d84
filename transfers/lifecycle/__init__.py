"""What happens to one transfer, from its creation to its deletion, in database and store together.

Work on all transfers at once (cleanup, gauges, reconciliation) is in `transfers.maintenance`.
"""
