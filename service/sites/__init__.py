"""Sites that show the chat as a widget: who may embed it, what it shows there, and how much a visitor may ask."""
