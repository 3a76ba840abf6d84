"""Ways to give a browser a file that a page put together, compared in Firefox."""
