"""The pages in a real Firefox, driven over WebDriver BiDi."""
