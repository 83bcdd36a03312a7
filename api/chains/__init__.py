"""Tables of a chain: segments, products, firms, projects, weak points, events, supplies."""
