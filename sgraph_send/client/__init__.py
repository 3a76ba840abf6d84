"""A client of the HTTP API and its own implementation of the encryption format (docs/format.md).

Imports neither Django nor transfers, so that it runs on a machine that has only this package,
`cryptography` and `argon2-cffi`.
"""
