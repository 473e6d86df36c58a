"""What may be wrong with an installation, found out before users do; each finding says how to mend it."""
