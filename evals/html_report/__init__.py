"""A run as one page of HTML that needs nothing else: figures, plots, and every question with what came back."""
