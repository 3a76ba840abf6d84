"""A copy of a site in one file, and a site made from it (docs/backup.md)."""
