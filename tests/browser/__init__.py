"""The pages in a real Chromium, against the site as an operator runs it."""
