"""Placing firms on chains by what a register says of them."""
