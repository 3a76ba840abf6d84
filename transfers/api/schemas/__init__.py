"""Bodies of requests and answers, as the OpenAPI document describes them: one file per resource.

The docstring below a member is its description there. What calls do is in `transfers.api`.
"""
