"""What stands before the routes and around the process."""
