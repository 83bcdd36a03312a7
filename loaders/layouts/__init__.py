"""How lists that were not made with our forms are laid out: what their heads mean, what else their rows tell of."""
