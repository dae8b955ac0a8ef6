"""Task 4.7, public checks: a model of today."""

from __future__ import annotations

from tests import recorded
from tests.harness import Student, expect, expect_raises, points
from tests.mistakes import inexact

DENSE = {"tied": False, "experts": 0, "active_experts": 0}
LLAMA = {"vocab": 128_256, "layers": 32, "d_model": 4096, "heads": 32, "kv_heads": 8, "head_dim": 128} | DENSE
LLAMA |= {"d_ff": 14_336}
MISTRAL = LLAMA | {"vocab": 32_000}
MIXTRAL = MISTRAL | {"experts": 8, "active_experts": 2}
SHALLOW = LLAMA | {"layers": 16, "d_ff": 40_960}
"""Half as many layers, each of them wider: attention's square costs half as much, and the rest more."""

SMALL = {"vocab": 50, "layers": 3, "d_model": 20, "heads": 6, "kv_heads": 2, "head_dim": 8, "d_ff": 30}
SMALL |= {"tied": True, "experts": 5, "active_experts": 2}
"""Its attention is 48 wide, and the model 20."""

HUGE = {"vocab": 10**9, "layers": 1000, "d_model": 10**9 + 7, "heads": 1000, "kv_heads": 100}
HUGE |= {"head_dim": 10**6 + 3, "d_ff": 10**9, "tied": False, "experts": 7, "active_experts": 3}

SHARED = "keys and values were taken to be as wide as queries; they have kv_heads heads"
GROUPED = "grouped queries don't make scores and mix cheaper; each head of queries has its own"


@points(0.5, task="4.7")
def test_llama_3_8b_has_8_030_261_248_parameters(student: Student) -> None:
    """Llama 3 8B's parameters by part, which are what its authors published."""
    exact = {
        "embedding": 525_336_576,
        "attention": 1_342_177_280,
        "feed_forward": 5_637_144_576,
        "router": 0,
        "norms": 266_240,
        "output": 525_336_576,
        "total": 8_030_261_248,
        "active": 8_030_261_248,
    }

    def but(part: str, value: int) -> dict[str, int]:
        total = exact["total"] + value - exact[part]
        return exact | {part: value, "total": total, "active": total}

    expect(
        student.decoder.parameters(LLAMA),
        exact,
        "32 layers with four projections, three matrices of a network and two norms; nothing has a bias",
        {
            SHARED: (lambda: but("attention", 2_147_483_648)),
            "a SwiGLU network was taken to have two matrices; it has three": (
                lambda: but("feed_forward", 3_758_096_384)
            ),
            "the norm behind the last layer was left out": lambda: but("norms", 262_144),
            "an RMSNorm was taken to have a bias": lambda: but("norms", 532_480),
            "the output layer was taken to be tied": lambda: but("output", 0),
        },
    )


@points(0.5, task="4.7")
def test_mixtral_8x7b_meets_12_879_925_248_of_its_parameters(student: Student) -> None:
    """Of Mixtral 8x7B's 46,702,792,704 parameters; and those of a small mixture whose output layer is tied."""
    exact = {"router": 1_048_576, "total": 46_702_792_704, "active": 12_879_925_248}
    got = student.decoder.parameters(MIXTRAL)
    expect(
        {name: got.get(name) for name in exact},
        exact,
        "of 8 experts in each layer, a token meets 2; the router has a column for each of the 8",
        {
            SHARED: lambda: exact | {"total": 47_508_099_072, "active": 13_685_231_616},
            "all experts were counted as active; a token meets active_experts of them": (
                lambda: exact | {"active": 46_702_792_704}
            ),
            "the embedding was left out of the active parameters; it counts as a whole": (
                lambda: exact | {"active": 12_748_853_248}
            ),
            "the router was left out": lambda: {
                "router": 0,
                "total": 46_701_744_128,
                "active": 12_878_876_672,
            },
            "the router was left out of the active parameters; each token meets all of it": (
                lambda: exact | {"active": 12_878_876_672}
            ),
        },
        "{}",
    )
    small = {
        "embedding": 1000,
        "attention": 7680,
        "feed_forward": 27_000,
        "router": 300,
        "norms": 140,
        "output": 0,
        "total": 36_120,
        "active": 19_920,
    }
    expect(
        student.decoder.parameters(SMALL),
        small,
        "attention is heads * head_dim wide, here 48, and the model 20; the output layer is tied",
        {
            "attention was taken to be d_model wide": lambda: (
                small | {"attention": 3120, "total": 31_560, "active": 15_360}
            ),
            "the output layer is tied, and has no parameters of its own": lambda: (
                small | {"output": 1000, "total": 37_120, "active": 20_920}
            ),
        },
    )
    total = 23_202_006_771_415_046_263_007
    expect(student.decoder.parameters(HUGE).get("total"), total, "exact, however large", inexact(total))


@points(0.5, task="4.7")
def test_flops_of_a_mixture(student: Student) -> None:
    """A small mixture whose output layer is tied, on 2 sequences of 7 tokens, and a huge one."""
    exact = {
        "projections": 215_040,
        "scores": 28_224,
        "mix": 28_224,
        "feed_forward": 302_400,
        "router": 8400,
        "output": 28_000,
        "forward": 610_288,
    }

    def but(**parts: int) -> dict[str, int]:
        return exact | parts | {"forward": 610_288 + sum(parts[name] - exact[name] for name in parts)}

    expect(
        student.decoder.forward_flops(SMALL, batch=2, seq=7),
        exact,
        "2 FLOPs for each token and weight that it meets, and attention's square for each head of queries",
        {
            GROUPED: (lambda: but(scores=9408, mix=9408)),
            "a token goes through its active experts alone": lambda: but(feed_forward=756_000),
            "the router is a matrix product, too": lambda: but(router=0),
            "a tied output layer has no parameters of its own, but takes the same FLOPs": lambda: but(output=0),
            SHARED: (lambda: but(projections=322_560)),
            "a SwiGLU network was taken to have two matrices; it has three": lambda: but(feed_forward=201_600),
            "the tokens of all sequences were taken for one long sequence": (
                lambda: but(scores=56_448, mix=56_448)
            ),
            "a multiply-add is 2 FLOPs, and was counted as 1": (
                lambda: {name: count // 2 for name, count in exact.items()}
            ),
        },
    )
    forward = 206_412_296_224_884_554_988 * 10**12
    got = student.decoder.forward_flops(HUGE, batch=2, seq=3 * 10**9)
    expect(got.get("forward"), forward, "exact, however large", inexact(forward))


@points(0.5, task="4.7")
def test_mistral_7bs_attention_takes_over_at_27_125_tokens(student: Student) -> None:
    """At 27,124 tokens scores and mix cost as much as everything else; from then on, more."""
    for name, config, length, mistakes in (
        (
            "Mistral 7B: at 27,124 tokens both cost the same, and that is not more",
            MISTRAL,
            27_125,
            {
                27_124: "where both cost the same, attention has not taken over yet",
                108_497: GROUPED,
                54_249: "scores alone were counted; the mix costs the same once more",
                26_625: "the output layer was left out; it is applied at every position",
            },
        ),
        (
            "a small mixture: compare with the products of the experts that a token meets",
            SMALL,
            69,
            {
                68: "the length was rounded down; at that length attention costs less than the rest",
                125: "a token goes through its active experts alone",
                66: "a tied output layer has no parameters of its own, but takes the same FLOPs",
                206: GROUPED,
                137: "scores alone were counted; the mix costs the same once more",
            },
        ),
        ("exact, however large", HUGE | {"vocab": 10**25}, 4_999_985_035_050_494_851_859, {}),
    ):
        wrong = {sentence: lambda answer=answer: answer for answer, sentence in mistakes.items()}
        expect(student.decoder.attention_takes_over(config), length, name, wrong | inexact(length))


@points(0.5, task="4.7")
def test_which_model_is_cheaper_depends_on_the_length(student: Student) -> None:
    """A shallow, wide model against Llama 3 8B."""
    fewer = "at 13,312 tokens both cost the same; `other` must cost less"
    expect(
        student.decoder.cheaper_from(LLAMA, SHALLOW),
        13_313,
        "the rest costs more in the shallow model, and attention's square half as much",
        {
            fewer: lambda: 13_312,
            "such a length exists": lambda: None,
            GROUPED: lambda: 53_249,
            SHARED: lambda: 10_241,
        },
    )
    at_once = "a forward pass of one token costs less already, and 1 is the least length"
    for other in (LLAMA, LLAMA | {"heads": 64, "kv_heads": 4, "head_dim": 64}):
        got = student.decoder.cheaper_from(SHALLOW, other)
        expect(got, 1, at_once, {"what is cheaper at greater lengths does not matter": lambda: None})
    for config, other in (
        (LLAMA, LLAMA),
        (LLAMA, LLAMA | {"tied": True}),
        (MISTRAL, LLAMA),
        (MISTRAL, MIXTRAL | {"layers": 32}),
        (MIXTRAL, MIXTRAL | {"experts": 9}),
    ):
        expect(student.decoder.cheaper_from(config, other), None, "`other` costs as much or more at every length")
    near = HUGE | {"heads": 999, "kv_heads": 101, "vocab": 10**24 + 1}
    length = 494_998_518_469_444_591_666_226
    got = student.decoder.cheaper_from(HUGE | {"vocab": 10**22}, near)
    expect(got, length, "exact, however large", inexact(length))


@points(0.25, task="4.7")
def test_layers_and_twins(student: Student) -> None:
    """Llama 3 8B's layers in 70 billion parameters, and dense models that are equal to Mixtral 8x7B."""
    mixed = "the embedding, the output layer and the last norm are there once, whatever the number of layers"
    got = student.decoder.most_layers(LLAMA, 70_000_000_000)
    expect(got, 316, mixed, {SHARED: lambda: 283, "the number of layers was rounded up": lambda: 317})
    for budget, layers in ((8_030_261_248, 32), (8_030_261_247, 31), (1_050_677_248, 0)):
        got = student.decoder.most_layers(LLAMA, budget)
        hint = "a model fits that has just as many parameters as the budget, and none with one more"
        up = {"the number of layers was rounded up": lambda layers=layers: layers + (layers == 31)}
        expect(got, layers, hint, up)
    for budget in (1_050_677_247, 5):
        hint = "the model without any layer is larger than the budget, so this must raise ValueError"
        with expect_raises(ValueError, naming=str(budget), hint=hint):
            student.decoder.most_layers(LLAMA, budget)
    exact = {"flops": 28_674, "parameters": 114_690}
    expect(
        student.decoder.dense_twins(MIXTRAL),
        exact,
        "the router's weights make a dense network a little wider, in three matrices",
        {
            "the router was left out": lambda: {"flops": 28_672, "parameters": 114_688},
            "both were compared by FLOPs": lambda: {"flops": 28_674, "parameters": 28_674},
        },
    )
    expect(student.decoder.dense_twins(SHALLOW), {"flops": 40_960, "parameters": 40_960}, "dense already")
    large = SMALL | {"experts": 3 * 10**20 + 2, "active_experts": 10**20, "d_ff": 7}
    twins = {"flops": 8 * 10**20, "parameters": 22 * 10**20 + 14}
    expect(student.decoder.dense_twins(large), twins, "exact, however large", inexact(twins))


@points(0.25, task="4.7")
def test_recorded_answers_4_7(student: Student) -> None:
    """Small inputs, the shortest first, with the answers that known mistakes give."""
    recorded.compare(student, "4.7")
