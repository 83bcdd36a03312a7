"""Pictures: layout, lines, pyvis."""
