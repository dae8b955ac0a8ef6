"""What is generated, and from what: stubs from the reference, corpora from seeds, fixtures and diagrams."""
