"""Reference data of the demonstration; SOURCES.md says where each row is from."""
