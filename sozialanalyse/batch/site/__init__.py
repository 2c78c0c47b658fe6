"""What stands around the findings of an edition, so that they are found: the index, and a page for each area."""
