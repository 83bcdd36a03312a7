"""What was looked for, and where a look would settle most."""
