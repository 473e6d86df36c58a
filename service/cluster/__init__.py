"""Reading and embedding on the nodes of a Ray cluster; finding, writing and settling stay in this process."""
