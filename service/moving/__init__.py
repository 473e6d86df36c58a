"""Collections and the service's state from one engine to another, while they are served."""
