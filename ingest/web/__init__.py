"""Pages, files and sitemaps of the web: asked for politely, and never at an address that is not meant to be reached."""
