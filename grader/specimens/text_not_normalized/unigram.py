def normalize(text):
    return SPACE + text.replace(" ", SPACE) if text else ""
