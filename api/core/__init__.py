"""What every page and command stands on, and knows no content."""
