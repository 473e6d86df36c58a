"""The source view: a citation's place found again, on the page of a PDF too, and what is shown around it."""
