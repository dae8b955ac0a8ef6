def pattern_differences(text):
    cut = {pattern: _pre_tokens(text, pattern) for pattern in PATTERNS}
    return {
        "gpt2": [each for each in cut["gpt2"] if each not in cut["cl100k"]],
        "cl100k": [each for each in cut["cl100k"] if each not in cut["gpt2"]],
    }
