"""Speed and size beside a peer, in one run: ``make bench``."""
