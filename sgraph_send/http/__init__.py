"""What stands around every answer: middleware, headers, refusals, error pages."""
