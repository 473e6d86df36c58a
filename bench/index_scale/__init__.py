"""How the index grows from ten thousand to a million passages, and beside two other stores."""
