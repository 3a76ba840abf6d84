"""Thousands of small transfers at once through nginx, several server processes and real parts.

A process is killed and all are replaced meanwhile; then the same work over more and more rows.
"""
