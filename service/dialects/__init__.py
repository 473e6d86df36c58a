"""The protocols that other programs' clients speak, each a mapping of the one stream of events."""
