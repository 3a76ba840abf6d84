"""All pages of the panel: importing them registers them."""

from adminpanel import access_tokens, audit_log, reports, transfers, waitlist  # noqa: F401
