"""Serving with a class for each kind of attention, and one for what a step does."""

from dataclasses import dataclass


class Heads:
    """Keys and values of so many heads."""

    def __init__(self, model, kept):
        self.width, self.kept, self.heads = model["head_dim"], kept, model["heads"]

    @property
    def numbers(self):
        return self.kept * self.width + self.kept * self.width

    @property
    def products(self):
        return self.heads * (self.width + self.width)


class Latent:
    """One vector for all heads, and a rotary key."""

    def __init__(self, model):
        self.heads, self.latent, self.rotary = model["heads"], model["latent_dim"], model["rotary_dim"]

    @property
    def numbers(self):
        return self.latent + self.rotary

    @property
    def products(self):
        return self.heads * (self.numbers + self.latent)


KINDS = {
    "multi-head": lambda model: Heads(model, model["heads"]),
    "grouped": lambda model: Heads(model, model["kv_heads"]),
    "multi-query": lambda model: Heads(model, 1),
    "latent": Latent,
}


@dataclass
class Work:
    flops: int
    n_bytes: int

    def slower_by_compute(self, peak, bytes_per_s):
        return self.flops * bytes_per_s >= self.n_bytes * peak

    def per_second(self, made, peak, bytes_per_s):
        """Numerator and denominator of things made in a second."""
        if self.slower_by_compute(peak, bytes_per_s):
            return made * peak, self.flops
        return made * bytes_per_s, self.n_bytes


class Served:
    def __init__(self, model):
        self.attention = KINDS[model["attention"]](model)
        self.layers = model["layers"]
        self.weights = Work(2 * model["parameters"], model["parameters"] * model["weight_itemsize"])
        self.pair = 2 * self.layers * self.attention.products
        self.token = self.layers * self.attention.numbers * model["cache_itemsize"]

    def step(self, batch, context):
        flops = batch * (self.weights.flops + context * self.pair)
        return Work(flops, self.weights.n_bytes + batch * context * self.token)

    def prefill(self, tokens):
        flops = tokens * (self.weights.flops + tokens * self.pair)
        return Work(flops, self.weights.n_bytes + tokens * self.token)

    def tokens_in(self, gb):
        return max(0, gb * 10**9 - self.weights.n_bytes) // self.token


def cache_bytes(model, tokens):
    model = {"heads": 1, **model}
    return KINDS[model["attention"]](model).numbers * model["layers"] * model["cache_itemsize"] * tokens


def decode_step(model, batch, context):
    return vars(Served(model).step(batch, context))


def tokens_per_s(model, batch, context, peak, bytes_per_s):
    made, seconds = Served(model).step(batch, context).per_second(batch, peak, bytes_per_s)
    return made // seconds


def answer_us(model, batch, prompt, answer, bytes_per_s):
    served = Served(model)
    twice = 2 * answer * served.weights.n_bytes + batch * served.token * answer * (2 * prompt + answer + 1)
    whole, rest = divmod(twice * 500_000, bytes_per_s)
    return whole + (rest > 0)


def batch_for_compute(model, context, peak, bytes_per_s):
    served = Served(model)
    arithmetic = (served.weights.flops + context * served.pair) * bytes_per_s
    memory = context * served.token * peak
    if arithmetic <= memory:
        return None
    batch, rest = divmod(served.weights.n_bytes * peak, arithmetic - memory)
    return batch + bool(rest)


def prompt_for_compute(model, peak, bytes_per_s):
    served = Served(model)
    low, high = 0, 1
    while not served.prefill(high).slower_by_compute(peak, bytes_per_s):
        low, high = high, high * 2
    while low + 1 < high:
        middle = (low + high) // 2
        if served.prefill(middle).slower_by_compute(peak, bytes_per_s):
            high = middle
        else:
            low = middle
    return high


def largest_batch(model, context, gb):
    return Served(model).tokens_in(gb) // context


def longest_context(model, batch, gb):
    return Served(model).tokens_in(gb) // batch


def serves_more(model, other, context, gb, peak, bytes_per_s):
    (one, of_one), (two, of_two) = (
        served.step(batch, context).per_second(batch, peak, bytes_per_s)
        for served in (Served(model), Served(other))
        for batch in [served.tokens_in(gb) // context]
    )
    gap = one * of_two - two * of_one
    return "first" if gap > 0 else "second" if gap < 0 else "both"
