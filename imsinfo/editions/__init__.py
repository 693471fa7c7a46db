"""From the content folders to the pages of a worker: chosen, published, prepared, shown."""
