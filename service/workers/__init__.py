"""Server processes: a master that holds the port, and workers that answer."""
