"""What happened in a run: the records that tables, pictures and pages are made from."""
