"""Task 4.8, public checks: serving."""

from __future__ import annotations

from tests import recorded
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import FLOATS, inexact

PEAK, MEMORY = 9895 * 10**11, 3350 * 10**9
LLAMA = {"parameters": 8_030_261_248, "layers": 32, "heads": 32, "head_dim": 128, "attention": "grouped"}
LLAMA |= {"kv_heads": 8, "weight_itemsize": 2, "cache_itemsize": 2}
SMALL = {"parameters": 100, "layers": 2, "heads": 6, "weight_itemsize": 2, "cache_itemsize": 1}
GROUPED = SMALL | {"attention": "grouped", "head_dim": 5, "kv_heads": 2}
LATENT = SMALL | {"attention": "latent", "latent_dim": 7, "rotary_dim": 3}
HUGE = {
    "parameters": 10**25 + 7,
    "layers": 1000,
    "heads": 10**6 + 3,
    "head_dim": 10**6 + 9,
    "attention": "grouped",
}
HUGE |= {"kv_heads": 10**5 + 1, "weight_itemsize": 1, "cache_itemsize": 1}
SLIM = LLAMA | {"parameters": 20 * 10**9, "layers": 48, "kv_heads": 4}
"""A model that is larger than Llama 3 8B with a cache for each head, and keeps a fifth of its cache."""

PER_SEQUENCE = "the weights were read for each sequence; one reading serves the whole batch"
SHARED = "one cache was read; each sequence has its own"
NOT_READ = "the caches were left out"
FOR_EACH_HEAD = "the cache was counted for each head of queries; heads of queries share keys and values"
TWICE = "the latent vector was counted for keys and for values; it is kept once"


@points(0.5, task="4.8")
def test_caches_of_four_kinds_of_attention(student: Student) -> None:
    """Llama 3 8B keeps 131,072 bytes for each token, DeepSeek-V3 70,272."""
    multi = LLAMA | {"attention": "multi-head"}
    one = LLAMA | {"attention": "multi-query"}
    deepseek = {"layers": 61, "latent_dim": 512, "rotary_dim": 64, "heads": 128, "attention": "latent"}
    for model, tokens, n_bytes, mistakes in (
        (LLAMA, 1, 131_072, {524_288: FOR_EACH_HEAD, 131_072 // 2: "keys were counted, and values left out"}),
        (multi, 3, 3 * 524_288, {3 * 131_072: "each head of queries has keys and values of its own here"}),
        (one, 1, 16_384, {131_072: "there is one key and one value, for all heads", 524_288: FOR_EACH_HEAD}),
        (
            deepseek | {"parameters": 671 * 10**9, "weight_itemsize": 1, "cache_itemsize": 2},
            1,
            70_272,
            {
                140_544: TWICE,
                62_464: "the rotary key was left out",
                132_736: "the latent vector was counted twice; it is kept once, and the rotary key, too",
            },
        ),
        (HUGE, 10**15 + 1, 200_003_800_018_000_200_003_800_018_000, {}),
    ):
        wrong = {sentence: lambda answer=answer: answer for answer, sentence in mistakes.items()}
        hint = "numbers for each token and layer, times layers, tokens and bytes"
        expect(student.serving.cache_bytes(model, tokens), n_bytes, hint, wrong | inexact(n_bytes))
    for name in ("sparse", "Grouped"):
        hint = f"{name!r} was taken for an attention; only the names of the table are names"
        with expect_raises((ValueError, KeyError), naming=name, hint=hint):
            student.serving.cache_bytes(LLAMA | {"attention": name}, 1)


@points(0.5, task="4.8")
def test_a_step_reads_the_weights_once(student: Student) -> None:
    """3 sequences of 11 tokens, with grouped and with latent attention; and tokens per second by the roofline."""
    for model, flops, mistakes in (
        (
            GROUPED,
            8520,
            {
                3240: "grouped queries don't save arithmetic; each head of queries has its own scores and mix",
                600: "scores and mix were left out",
                4560: "a head's score and its mix are two products",
                4260: "a multiply-add is 2 FLOPs, and was counted as 1",
            },
        ),
        (
            LATENT,
            14_064,
            {
                11_688: "the rotary key was left out",
                16_440: "the mix takes the compressed vectors alone, without rotary keys",
            },
        ),
    ):
        n_bytes = 200 + 3 * {8520: 440, 14_064: 220}[flops]
        exact = {"flops": flops, "n_bytes": n_bytes}
        wrong = {
            sentence: lambda answer=answer, n_bytes=n_bytes: {"flops": answer, "n_bytes": n_bytes}
            for answer, sentence in mistakes.items()
        }
        expect(
            student.serving.decode_step(model, batch=3, context=11),
            exact,
            "each sequence meets all parameters and its own cache; the weights are read once",
            wrong
            | {
                PER_SEQUENCE: lambda exact=exact: exact | {"n_bytes": exact["n_bytes"] + 400},
                SHARED: lambda exact=exact: exact | {"n_bytes": 200 + (exact["n_bytes"] - 200) // 3},
                NOT_READ: lambda exact=exact: exact | {"n_bytes": 200},
            },
        )
    huge = {
        "flops": 24_000_048_204_108_768_253_731_038_006_804_098,
        "n_bytes": 200_003_813_218_060_812_888_239_401_134_007,
    }
    got = student.serving.decode_step(HUGE, batch=10**9 + 7, context=10**9 + 9)
    expect(got, huge, "exact, however large", inexact(huge))
    got = student.serving.tokens_per_s(LLAMA, 32, 8192, PEAK, MEMORY)
    expect(
        got,
        2126,
        "32 tokens for each step, which takes 15.05 ms",
        {
            "steps were counted; each makes one token for each sequence": lambda: 66,
            "steps in a second were rounded first; round once, at the end": lambda: 2112,
            PER_SEQUENCE: lambda: 195,
            NOT_READ: lambda: 6674,
        },
    )
    exact_rate = 49_990_001_879_647_795_983_638_376_872_793_709
    got = student.serving.tokens_per_s(HUGE, 10**30, 10**6, 10**60, 10**60)
    expect(got, exact_rate, "exact, however large", inexact(exact_rate))
    slow = {"the step's FLOPs take longer here than its bytes": lambda: 197_368}
    expect(student.serving.tokens_per_s(GROUPED, 3, 11, 10**5, 10**8), 35, "arithmetic is the limit", slow)


@points(0.5, task="4.8")
def test_the_cache_grows_while_answers_are_made(student: Student) -> None:
    """16 answers of 500 tokens to prompts of 1,000, with Llama 3 8B on an H100."""
    expect(
        student.serving.answer_us(LLAMA, 16, 1000, 500, MEMORY),
        2_788_510,
        "add up the bytes of all steps: the first reads 1,001 tokens of each cache, the last 1,500",
        {
            "each step was taken to read the prompt alone; the cache grows": lambda: 2_710_101,
            "each step was taken to read prompt and answer; the cache grows step by step": lambda: 2_866_605,
            "the first step reads prompt + 1 tokens": lambda: 2_788_197,
            "each step was rounded up; round once, at the end": lambda: 2_788_758,
            "it was rounded down": lambda: 2_788_509,
            PER_SEQUENCE: lambda: 38_744_903,
            SHARED: lambda: 2_421_557,
        },
    )
    huge = 100_201_904_522_531_566_581_828_697_365_937_313_266_002
    got = student.serving.answer_us(HUGE, 10**9 + 7, 10**9 + 9, 10**12 + 1, 10**12)
    expect(got, huge, "a sum of so many steps has a formula; exact, however large", inexact(huge))


@points(0.5, task="4.8")
def test_from_when_on_compute_is_the_limit(student: Student) -> None:
    """With Llama 3 8B on an H100, decode with 421 tokens in each cache never is; a prompt of 294 tokens is."""
    for context, batch in ((256, 755), (420, 232_981), (1, 297)):
        expect(
            student.serving.batch_for_compute(LLAMA, context, PEAK, MEMORY),
            batch,
            "each sequence adds FLOPs, and bytes of its cache",
            {
                NOT_READ: lambda: 296,
                "a step at the ridge is bound by compute; batches below it are not": lambda batch=batch: batch - 1,
                "memory limits this batch": lambda: None,
                "scores and mix were left out": lambda: 772,
            },
        )
    hint = "each further sequence takes more time of memory than of arithmetic, so no batch is large enough"
    expect(student.serving.batch_for_compute(LLAMA, 421, PEAK, MEMORY), None, hint)
    tie = {"at the ridge, where both take equally long, a step is bound by compute": lambda: 7}
    expect(student.serving.batch_for_compute(GROUPED, 1, 6, 1), 6, "both times are equal", tie)
    never = {"with caches that take just as long as FLOPs, the weights come on top": lambda: 0}
    same = GROUPED | {"parameters": 130, "kv_heads": 5}
    expect(student.serving.batch_for_compute(same, 1, 5, 1), None, "memory limits every batch", never)
    expect(
        student.serving.prompt_for_compute(LLAMA, PEAK, MEMORY),
        294,
        "all tokens of the prompt use the weights that are read once",
        {"scores, mix and the cache were left out": lambda: 296, "it was rounded down": lambda: 293},
    )
    got = student.serving.prompt_for_compute(HUGE, 10**16, 1)
    expect(got, 500_048_494_600_574, "exact, however large", inexact(500_048_494_600_574))


@points(0.25, task="4.8")
def test_what_fits_and_what_serves_more(student: Student) -> None:
    """A larger model with a smaller cache serves more, where contexts are long."""
    for context, gb, batch in ((8192, 80, 59), (8192, 18, 1), (8192, 17, 0), (8192, 16, 0)):
        expect(
            student.serving.largest_batch(LLAMA, context, gb),
            batch,
            "what the weights leave, by the cache of one sequence; 1 GB is 10**9 bytes",
            {
                "a GB is 10**9 bytes, and was taken for a GiB": lambda: 65,
                "the weights were left out": lambda gb=gb: gb * 10**9 // 2**30,
                "where not even the weights fit, the answer is 0": lambda: -1,
            },
        )
    for batch, gb, context in ((1, 80, 487_819), (4, 80, 121_954), (4, 16, 0)):
        hint = "what the weights leave, by the bytes of a token of each sequence"
        wrong = {SHARED: lambda: 487_819, "where not even the weights fit, the answer is 0": lambda: -116}
        expect(student.serving.longest_context(LLAMA, batch, gb), context, hint, wrong)
    large = 49_999_050_013_549_828_052_047_476_573_260
    got = student.serving.largest_batch(HUGE, 1000, 10**40)
    expect(got, large, "exact, however large", inexact(large))
    got = student.serving.longest_context(HUGE, 10**6, 10**40)
    expect(got, large // 1000, "exact, however large", inexact(large // 1000))
    multi, one = (LLAMA | {"attention": kind} for kind in ("multi-head", "multi-query"))
    twin = LLAMA | {"kv_heads": 1}
    for first, second, context, gb, more in (
        (multi, SLIM, 8192, 80, "second"),
        (SLIM, multi, 8192, 80, "first"),
        (multi, SLIM, 100, 80, "first"),
        (multi, SLIM, 8192, 30, "first"),
        (one, twin, 8192, 80, "both"),
        (multi, SLIM, 8192, 16, "both"),
        (HUGE, HUGE | {"parameters": 10**25 + 8}, 1000, 10**40, "first"),
    ):
        alone, larger = ("first", "second") if first is multi else ("second", "first")
        mistakes = {
            "both were compared with one sequence; the batch is the largest that fits": alone,
            "the one with the larger batch was taken, which is not always faster": larger,
            f"they don't give the same; {FLOATS}": "both",
        }
        wrong = {sentence: lambda answer=answer: answer for sentence, answer in mistakes.items()}
        expect(
            student.serving.serves_more(first, second, context, gb, PEAK, MEMORY),
            more,
            "compare tokens per second, each model with the largest batch that fits",
            wrong if more != "both" else {"they give exactly the same": lambda alone=alone: alone},
        )


@points(0.25, task="4.8")
def test_recorded_answers_4_8(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "4.8")
