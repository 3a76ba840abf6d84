"""Who may do what, and how often: access tokens, rate limits, guesses, addresses.

What a permitted call then does to a transfer is in `transfers.lifecycle`.
"""
