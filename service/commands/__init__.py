"""The sub-commands of ``footnoted``, one subject a file."""
