"""The page, the routes and the processes by which files are loaded without a command."""
