"""The operators' panel: Django admin with roles, a dashboard, sign-in limits and an audit log.

What it does to transfers is done by `transfers.lifecycle`; nothing here is reached by visitors.
"""
