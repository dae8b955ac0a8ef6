"""Hidden tests: new inputs for what the handout already asks."""
