"""Task 4.8, hidden checks: any model on any machine."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from grader.oracle import serving as oracle
from grader.reference import serving as reference
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact, whole

KINDS = ["multi-head", "grouped", "multi-query", "latent"]
UNKNOWN = ["", "mqa", "multi head", "Multi-Head", "latent ", "grouped-query", "linear"]
QWEN = {
    "parameters": 72_706_203_648,
    "layers": 80,
    "heads": 64,
    "head_dim": 128,
    "attention": "grouped",
    "kv_heads": 8,
    "weight_itemsize": 2,
    "cache_itemsize": 2,
}
ROUND = {
    "parameters": 500,
    "layers": 1,
    "heads": 8,
    "head_dim": 10,
    "attention": "grouped",
    "kv_heads": 2,
    "weight_itemsize": 2,
    "cache_itemsize": 1,
}
"""A token takes 1,000 FLOPs, and 320 more for each token of its cache, which takes 40 bytes."""

NARROW = {"parameters": 4, "layers": 1, "heads": 1, "attention": "latent", "latent_dim": 1, "rotary_dim": 2}
NARROW |= {"weight_itemsize": 1, "cache_itemsize": 1}
"""A token takes 8 FLOPs, 8 more for each token of its cache, and 3 bytes for each of these."""

EXACT = {"parameters": 10**9 - 20_000, "layers": 2, "heads": 3, "head_dim": 5, "attention": "multi-query"}
EXACT |= {"weight_itemsize": 1, "cache_itemsize": 2}
"""With five caches of 100 tokens, it takes a GB to the byte."""

HUGE = {"parameters": 466238601785751335823, "layers": 78, "heads": 28, "head_dim": 5, "attention": "multi-query"}
HUGE |= {"weight_itemsize": 2, "cache_itemsize": 2}
ONES = {"parameters": 10**17, "layers": 1, "heads": 1, "head_dim": 1, "attention": "multi-query"}
ONES |= {"weight_itemsize": 1, "cache_itemsize": 1}
"""Where floats give another length or batch."""

PER_SEQUENCE = "the weights were read for each sequence; one reading serves the whole batch"
NOT_READ = "the caches were left out"
FIRST_STEP = "the first step reads prompt + 1 tokens"


@st.composite
def models(draw: st.DrawFn, sizes: st.SearchStrategy[int]) -> dict[str, Any]:
    """A model of any size, with any attention."""
    kind = draw(st.sampled_from(KINDS))
    model: dict[str, Any] = {name: draw(sizes) for name in ("parameters", "layers")} | {"attention": kind}
    kv_heads = draw(sizes)
    model |= {"heads": kv_heads * draw(st.integers(1, 4))}
    model |= {name: draw(st.sampled_from([1, 2, 4])) for name in ("weight_itemsize", "cache_itemsize")}
    if kind == "latent":
        return model | {"latent_dim": draw(sizes), "rotary_dim": draw(sizes)}
    return model | {"head_dim": draw(sizes)} | ({"kv_heads": kv_heads} if kind == "grouped" else {})


large = models(whole(12))
small = models(st.integers(1, 3))


@points(0.5, task="4.8")
@given(model=large, tokens=whole(), unknown=st.sampled_from(UNKNOWN))
@example(model=QWEN, tokens=1, unknown="mla")
def test_caches_of_any_model(student: Student, model: dict[str, Any], tokens: int, unknown: str) -> None:
    """Every kind of attention, exact, however many tokens; other names are refused."""
    exact = reference.cache_bytes(model, tokens)
    every = exact * model["heads"] // model.get("kv_heads", 1)
    latent = model.get("latent_dim", 0) * tokens * model["layers"] * model["cache_itemsize"]
    expect(
        student.serving.cache_bytes(model, tokens),
        exact,
        "numbers for each token and layer, times layers, tokens and bytes",
        {
            "the cache was counted for each head of queries; heads of queries share keys and values": lambda: (
                every if model["attention"] in ("grouped", "multi-query") else None
            ),
            "the latent vector was counted for keys and for values; it is kept once": (
                lambda: 2 * exact if latent else None
            ),
            "the rotary key was left out": lambda: latent or None,
        }
        | inexact(exact),
    )
    hint = f"{unknown!r} was taken for an attention; only the names of the table are names"
    with expect_raises((ValueError, KeyError), naming=unknown, hint=hint):
        student.serving.cache_bytes(model | {"attention": unknown}, tokens)


@points(0.5, task="4.8")
@given(
    model=large,
    batch=whole(12),
    context=whole(12),
    speeds=st.tuples(whole(40), whole(40)),
    tiny=small,
    sizes=st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
def test_steps_of_any_model(
    student: Student,
    model: dict[str, Any],
    batch: int,
    context: int,
    speeds: tuple[int, int],
    tiny: dict[str, Any],
    sizes: tuple[int, int],
) -> None:
    """FLOPs, bytes and tokens per second; tiny steps are counted number by number."""
    exact = reference.decode_step(model, batch, context)
    weights = model["parameters"] * model["weight_itemsize"]
    caches = exact["n_bytes"] - weights
    expect(
        student.serving.decode_step(model, batch=batch, context=context),
        exact,
        "each sequence meets all parameters and its own cache; the weights are read once",
        {
            PER_SEQUENCE: lambda: exact | {"n_bytes": batch * weights + caches},
            "one cache was read; each sequence has its own": lambda: (
                exact | {"n_bytes": weights + caches // batch}
            ),
            NOT_READ: lambda: exact | {"n_bytes": weights},
            "scores and mix were left out": lambda: exact | {"flops": 2 * batch * model["parameters"]},
        }
        | inexact(exact),
    )
    counted = dict(zip(("flops", "n_bytes"), oracle.step(tiny, *sizes), strict=True))
    got = student.serving.decode_step(tiny, batch=sizes[0], context=sizes[1])
    expect(got, counted, "scores and mix are those of each head of queries, on what the cache keeps")
    for peak, bytes_per_s in (speeds, (speeds[0], 10**60), (10**60, speeds[1])):
        rate = reference.tokens_per_s(model, batch, context, peak, bytes_per_s)
        expect(
            student.serving.tokens_per_s(model, batch, context, peak, bytes_per_s),
            rate,
            "a step takes as long as the longer of two times; each gives a token to each sequence",
            {
                "a step's FLOPs take longer here than its bytes": lambda peak=bytes_per_s: (
                    batch * peak // exact["n_bytes"]
                ),
                "a step's bytes take longer here than its FLOPs": lambda peak=peak: batch * peak // exact["flops"],
            }
            | inexact(rate),
        )


@points(0.5, task="4.8")
@given(model=large, batch=whole(9), prompt=whole(12), answer=whole(12), bytes_per_s=whole(14), tiny=small)
@example(model=ROUND, batch=3, prompt=4, answer=1, bytes_per_s=10**6, tiny=ROUND)
def test_answers_of_any_length(
    student: Student,
    model: dict[str, Any],
    batch: int,
    prompt: int,
    answer: int,
    bytes_per_s: int,
    tiny: dict[str, Any],
) -> None:
    """The sum over all steps, rounded up once; short answers are counted step by step."""
    exact = reference.answer_us(model, batch, prompt, answer, bytes_per_s)
    weights = answer * model["parameters"] * model["weight_itemsize"]
    before = weights + batch * reference.cache_bytes(model, answer * prompt + answer * (answer - 1) // 2)
    after = weights + batch * reference.cache_bytes(model, answer * prompt + answer * (answer + 1) // 2)
    fixed = weights + batch * reference.cache_bytes(model, answer * prompt)
    expect(
        student.serving.answer_us(model, batch, prompt, answer, bytes_per_s),
        exact,
        "the caches read in all steps are an arithmetic series",
        {
            FIRST_STEP: lambda: -(-before * 10**6 // bytes_per_s),
            "each step was taken to read the prompt alone; the cache grows": (
                lambda: -(-fixed * 10**6 // bytes_per_s)
            ),
            "it was rounded down": lambda: after * 10**6 // bytes_per_s,
        }
        | inexact(exact),
    )
    n = answer % 5 + 1
    moved = oracle.answers(tiny, batch % 3 + 1, prompt % 5 + 1, n)
    got = student.serving.answer_us(tiny, batch % 3 + 1, prompt % 5 + 1, n, 10**6)
    expect(got, moved, "the first step reads prompt + 1 tokens of each cache, and each further one one more")


@points(0.5, task="4.8")
@given(model=large, context=whole(8), peak=whole(17), bytes_per_s=whole(15), tiny=small, ridge=st.integers(1, 12))
@example(model=QWEN, context=32_768, peak=312 * 10**12, bytes_per_s=2039 * 10**9, tiny=ROUND, ridge=9)
@example(model=QWEN, context=7, peak=312 * 10**12, bytes_per_s=2039 * 10**9, tiny=ROUND, ridge=3)
@example(model=ROUND, context=1, peak=33, bytes_per_s=1, tiny=ROUND, ridge=1)
@example(model=ROUND, context=2, peak=20, bytes_per_s=1, tiny=ROUND, ridge=1)
@example(model=NARROW, context=1, peak=5, bytes_per_s=1, tiny=ROUND, ridge=1)
@example(model=ROUND, context=10**20 + 1, peak=8, bytes_per_s=1, tiny=ROUND, ridge=2)
@example(model=HUGE, context=1, peak=10**20, bytes_per_s=3350 * 10**9, tiny=ROUND, ridge=1)
@example(model=ONES, context=1, peak=10**17 + 1, bytes_per_s=1, tiny=ROUND, ridge=1)
def test_what_limits_any_model(
    student: Student,
    model: dict[str, Any],
    context: int,
    peak: int,
    bytes_per_s: int,
    tiny: dict[str, Any],
    ridge: int,
) -> None:
    """The least batch, or none, and the least prompt; small ones are found by trying."""
    batch = reference.batch_for_compute(model, context, peak, bytes_per_s)
    expect(
        student.serving.batch_for_compute(model, context, peak, bytes_per_s),
        batch,
        "compare what a sequence adds: time of arithmetic, and time of memory for its cache",
        {
            "a step at the ridge is bound by compute; batches below it are not": (
                lambda: batch - 1 if batch else ...
            ),
            "memory limits every batch, since each sequence has a cache of its own": (
                lambda: -(-model["weight_itemsize"] * peak // (2 * bytes_per_s)) if batch is None else ...
            ),
        }
        | inexact(batch),
    )
    prompt = reference.prompt_for_compute(model, peak, bytes_per_s)
    expect(
        student.serving.prompt_for_compute(model, peak, bytes_per_s),
        prompt,
        "FLOPs grow with the square of the length, bytes with the length",
        {"at that length memory still limits; round up": lambda: prompt - 1} | inexact(prompt),
    )
    tried = oracle.least_prompt(tiny, ridge, 1)
    assume(tried is not None)
    expect(student.serving.prompt_for_compute(tiny, ridge, 1), tried, "the first length that is bound by compute")
    near = oracle.least_batch(tiny, 1, ridge, 1)
    if near is not None:
        got = student.serving.batch_for_compute(tiny, 1, ridge, 1)
        expect(got, near, "the first batch that is bound by compute")


@points(0.5, task="4.8")
@given(
    model=large,
    other=large,
    context=whole(6),
    count=whole(6),
    more=st.integers(0, 3),
    speeds=st.tuples(whole(16), whole(14)),
)
@example(
    model=QWEN | {"attention": "multi-head"},
    other=QWEN | {"parameters": 10**11},
    context=10**4,
    count=3,
    more=200,
    speeds=(10**15, 10**12),
)
@example(
    model=QWEN, other=QWEN | {"attention": "multi-query"}, context=10**4, count=1, more=1, speeds=(10**15, 10**12)
)
@example(model=QWEN, other=QWEN | {"heads": 8}, context=10**4, count=1, more=1, speeds=(10**15, 10**12))
@example(model=EXACT, other=EXACT, context=100, count=5, more=1, speeds=(10**15, 10**12))
def test_room_for_any_model(
    student: Student,
    model: dict[str, Any],
    other: dict[str, Any],
    context: int,
    count: int,
    more: int,
    speeds: tuple[int, int],
) -> None:
    """Batches and contexts in memories just large enough or too small, and which of two models serves more."""
    needed = model["parameters"] * model["weight_itemsize"] + reference.cache_bytes(model, context * count)
    for gb in {max(needed // 10**9 + off, 1) for off in (0, 1, more)}:
        batch = reference.largest_batch(model, context, gb)
        hint = "what the weights leave, by the cache of one sequence; 0 where not even the weights fit"
        expect(
            student.serving.largest_batch(model, context, gb),
            batch,
            hint,
            {
                "the weights were left out": lambda gb=gb: gb * 10**9 // reference.cache_bytes(model, context),
                "it was rounded up": lambda gb=gb: _rounded_up(model, gb, context),
            }
            | inexact(batch),
        )
        length = reference.longest_context(model, count, gb)
        hint = "what the weights leave, by the bytes of a token of each sequence"
        got = student.serving.longest_context(model, count, gb)
        expect(
            got, length, hint, {"it was rounded up": lambda gb=gb: _rounded_up(model, gb, count)} | inexact(length)
        )
        for first, second in ((model, other), (other, model), (model, model)):
            expect(
                student.serving.serves_more(first, second, context, gb, *speeds),
                reference.serves_more(first, second, context, gb, *speeds),
                "compare tokens per second exactly, each model with the largest batch that fits",
            )


def _rounded_up(model: dict[str, Any], gb: int, tokens: int) -> int:
    """How many times a cache of so many tokens fits beside the weights, and a part of it."""
    room = gb * 10**9 - model["parameters"] * model["weight_itemsize"]
    return -(-max(int(room), 0) // reference.cache_bytes(model, tokens))
