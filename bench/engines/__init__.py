"""The three engines beside each other: what they find, how quickly, and how many passages a second they take in."""
