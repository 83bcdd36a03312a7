"""What every question stands on: the catalogue of Cypher, the cache, the shapes of answers."""
