"""How much a server bears: questions a second by clients, overload, and hours of use with ingest going on."""
