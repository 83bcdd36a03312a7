"""Lists of the things of one mechanism, who has what part in each, the published figures beside them."""
