"""Real parts for tests: object storage, database, cache, the site itself and a browser.

Each listens on free ports of 127.0.0.1, keeps its data and log in a folder that it is given,
counts as started only once it answers, and ends with the process that started it.
"""
