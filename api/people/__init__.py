"""Who may use the server: users with their keys, sessions of the login page."""
