"""GPUs in a ring that pass pieces of vectors on, and count what they send. (Task 4.9.)"""

from __future__ import annotations


class Ring:
    """So many GPUs; what each has sent to the next one is counted in numbers.

    >>> ring = Ring(2)
    >>> ring.all_gather(ring.reduce_scatter([[1, 2, 3], [10, 20, 30]])), ring.sent
    ([[11, 22, 33, 0], [11, 22, 33, 0]], [4, 4])
    """

    def __init__(self, gpus: int) -> None:
        self.gpus = gpus
        self.sent = [0] * gpus

    def _pass_on(self, pieces: list[list[int]]) -> list[list[int]]:
        """Each GPU sends a piece to the next one; what each one has got."""
        for gpu, piece in enumerate(pieces):
            self.sent[gpu] += len(piece)
        return [pieces[gpu - 1] for gpu in range(self.gpus)]

    def reduce_scatter(self, vectors: list[list[int]]) -> list[list[int]]:
        """Of the sum of all vectors, each GPU gets the piece of its own number."""
        share = -(-len(vectors[0]) // self.gpus)
        padded = [[*vector, *[0] * (share * self.gpus - len(vector))] for vector in vectors]
        pieces = [[vector[at : at + share] for at in range(0, len(vector), share)] for vector in padded]
        travelling = [pieces[gpu][gpu - 1] for gpu in range(self.gpus)]
        for step in range(1, self.gpus):
            got = self._pass_on(travelling)
            own = [pieces[gpu][(gpu - step - 1) % self.gpus] for gpu in range(self.gpus)]
            travelling = [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(got, own, strict=True)]
        return travelling

    def all_gather(self, pieces: list[list[int]]) -> list[list[int]]:
        """Each GPU gets the pieces of all, in order."""
        have = [{gpu: pieces[gpu]} for gpu in range(self.gpus)]
        for step in range(self.gpus - 1):
            numbers = [(gpu - step) % self.gpus for gpu in range(self.gpus)]
            got = self._pass_on([have[gpu][number] for gpu, number in enumerate(numbers)])
            for gpu in range(self.gpus):
                have[gpu][numbers[gpu - 1]] = got[gpu]
        return [[x for number in range(self.gpus) for x in known[number]] for known in have]


def step(parameters: int, recipe: dict[str, int], stage: int, gpus: int) -> tuple[int, int]:
    """A step of training: bytes that a GPU stores, and bytes that it sends.

    >>> step(8, {"weights": 2, "gradients": 2, "states": 12}, stage=3, gpus=4)
    (32, 36)
    """
    gradients, weights = Ring(gpus), Ring(gpus)
    every = list(range(parameters))
    shares = gradients.reduce_scatter([every] * gpus)
    assert [x for share in shares for x in share][:parameters] == [gpus * x for x in every]
    if stage == 0:
        gradients.all_gather(shares)
    for _ in range([0, 1, 1, 2][stage]):
        assert all(vector[:parameters] == [gpus * x for x in every] for vector in weights.all_gather(shares))
    held = [len(shares[0]) if split else parameters for split in (stage >= 3, stage >= 2, stage >= 1)]
    stored = sum(
        size * n for size, n in zip((recipe[p] for p in ("weights", "gradients", "states")), held, strict=True)
    )
    return stored, max(gradients.sent) * recipe["gradients"] + max(weights.sent) * recipe["weights"]
