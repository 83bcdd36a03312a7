"""FastAPI, the pages with their pictures, and the command."""
