"""Whether a page can show the widget: what a browser would meet on the way to the server, told with the fix."""
