"""The HTTP resources, one a file."""
