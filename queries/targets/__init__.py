"""招商名录: which firms from elsewhere to bring in, for one chain and over all chains."""
