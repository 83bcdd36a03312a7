"""The embedded store: Ladybug files, one generation a load."""
