"""The command line client and its own implementation of the encryption format.

Imports neither Django nor transfers, so that it runs on a machine that has only this package,
`cryptography` and `argon2-cffi`.
"""
