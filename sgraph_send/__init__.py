"""SGraph Send: zero-knowledge file transfer."""

__version__ = "0.1.0"
