"""From hits to a cited answer, or to an honest "not found"."""
