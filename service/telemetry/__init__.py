"""What the operator can see of a running service."""
