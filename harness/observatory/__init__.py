"""MDN's HTTP Observatory, which marks the headers of a site, and a TLS proxy to look through."""
