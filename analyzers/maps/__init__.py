"""The arithmetic of Go's maps, both families: from sizes and counts of tables to entries, growths and hints."""
