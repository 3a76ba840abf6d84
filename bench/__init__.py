"""Measurements of the whole product on real parts: `make bench`, docs/performance.md."""
