def size_bytes(size):
    while True:
        pass
