"""The JSON API, one file per resource. Its answers are documented in docs/api.md."""
