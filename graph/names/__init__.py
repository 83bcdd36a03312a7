"""How things are named: names taken apart, the index of names, what has been judged of pairs of firms."""
