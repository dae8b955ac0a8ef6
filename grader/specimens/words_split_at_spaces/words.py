def split_words(text):
    """Splits at white space."""
    return text.split()
