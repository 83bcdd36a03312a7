"""What share of what a leader buys is bought here: its parts list, part by part."""
