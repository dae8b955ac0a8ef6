class Stuck:
    def __del__(self):
        while True:
            pass


def size_bytes(size):
    Stuck()
    return 80_000_000_000
