"""Lists of the things of one mechanism with who has what part in each, the published figures beside them, and what is missing."""
