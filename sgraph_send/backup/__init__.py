"""Backup of a site into one file, and its restore into an empty site (docs/backup.md).

Rows are read and written by way of the models; objects by way of the ciphertext store.
"""
