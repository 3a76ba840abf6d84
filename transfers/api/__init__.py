"""The JSON API: one file of views for each resource, with its schemas in `schemas` (docs/api.md).

Who may call is decided in `transfers.access`; what happens to a transfer in `transfers.lifecycle`.
"""
