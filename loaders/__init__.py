"""Loaders: files in, validated records out, into a store; good rows load, bad ones are reported in full."""
