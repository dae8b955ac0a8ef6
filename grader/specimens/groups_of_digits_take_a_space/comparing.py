PATTERNS = {name: pattern.replace(r"|\p{N}{1,3}", r"| ?\p{N}{1,3}") for name, pattern in PATTERNS.items()}
