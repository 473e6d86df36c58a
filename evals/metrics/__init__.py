"""One metric a file: pure functions with the definition, the source and the trap in the docstring."""
