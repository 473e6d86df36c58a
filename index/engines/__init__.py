"""Where passages are searched: in files beside the catalog, or in an engine that several machines share."""
