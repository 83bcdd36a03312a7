"""What a word means: search, and which firms are one."""
