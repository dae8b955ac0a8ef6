"""What each function of the assignment returns, as the handout specifies it.

Keys are `module.function` or `module.Class.method`. `Handle` stands for an object that stays with the
submission, `Lazy[T]` for an iterator that is pulled one item at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.harness.tasks import CHOSEN


class Handle:
    """An object of the submission's own: it stays there, and only its methods are called."""


@dataclass(frozen=True, slots=True)
class Lazy:
    """An iterator of the submission's own, whose items conform to `item`."""

    item: Any


RETURNS: dict[str, Any] = {
    "words.split_words": list[str],
    "words.build_vocabulary": dict[str, int],
    "words.words_to_ids": list[int],
    "words.ids_to_words": list[str],
    "words.compression_ratio": float,
    "bpe.train_bpe": tuple[dict[int, bytes], list[tuple[bytes, bytes]]],
    "bpe.Tokenizer": Handle,
    "bpe.Tokenizer.from_files": Handle,
    "bpe.Tokenizer.encode": list[int],
    "bpe.Tokenizer.encode_iterable": Lazy(int),
    "bpe.Tokenizer.decode": str,
    "wordpiece.basic_tokenize": list[str],
    "wordpiece.train_wordpiece": list[str],
    "wordpiece.wordpiece_tokenize": list[str],
    "wordpiece.encode": list[int],
    "unigram.normalize": str,
    "unigram.segment": list[str],
    "unigram.expected_counts": dict[str, float],
    "unigram.em_step": dict[str, float],
    "unigram.removal_losses": dict[str, float],
    "unigram.prune": dict[str, float],
    "unigram.encode": list[int],
    "unigram.decode": str,
    "flops.matmul_flops": int,
    "flops.two_layer_flops": dict[str, int],
    "flops.linear_chain_flops": tuple[int, int],
    "flops.fine_tuning_flops": tuple[int, int],
    "flops.training_flops": int,
    "flops.rule_overcount": int,
    "flops.attention_flops": int,
    "flops.length_where_attention_leads": int,
    "memory.dtype_bits": int,
    "memory.tensor_bytes": int,
    "tensors.element_bytes": int,
    "tensors.held_bytes": int,
    "tensors.shares_storage": bool,
    "tensors.shares_element": bool,
    "floats.float_format": dict[str, float],
    "floats.round_to_format": float,
    "floats.fate": str,
    "floats.kept_in": str,
    "floats.accumulate": float,
    "floats.stalled_sum": float,
    "floats.largest_loss_scale": int,
    "blocks.block_bytes": int,
    "blocks.longest_row": int,
    "blocks.decode_block": list[float],
    "blocks.encode_block": tuple[int, list[int]],
    "blocks.tensor_scale": float,
    "blocks.largest_error": float,
    "blocks.smallest_format": str | None,
    "blocks.optimizer_bytes": int,
    "blocks.most_layers": int,
    "views.contiguous_strides": list[int],
    "views.storage_position": int,
    "views.is_contiguous": bool,
    "views.view_strides": list[int] | None,
    "views.reshape_copies": bool,
    "views.allocated_bytes": list[int],
    "memory.training_bytes": dict[str, int],
    "memory.activation_bytes": int,
    "memory.largest_model": int,
    "memory.largest_batch": int,
    "budgets.peak_flops": int,
    "budgets.cluster_flops": int,
    "budgets.training_seconds": int,
    "budgets.cheapest_offer": int | None,
    "timing.benchmark": float,
    "timing.time_training_step": tuple[float, float],
    "transformer.transformer_parameters": dict[str, int],
    "transformer.transformer_flops": dict[str, int],
    "transformer.costliest_part": str,
    "transformer.most_layers": int,
    "decoder.parameters": dict[str, int],
    "decoder.forward_flops": dict[str, int],
    "decoder.attention_takes_over": int,
    "decoder.cheaper_from": int | None,
    "decoder.most_layers": int,
    "decoder.dense_twins": dict[str, int],
    "serving.cache_bytes": int,
    "serving.decode_step": dict[str, int],
    "serving.tokens_per_s": int,
    "serving.answer_us": int,
    "serving.batch_for_compute": int | None,
    "serving.prompt_for_compute": int,
    "serving.largest_batch": int,
    "serving.longest_context": int,
    "serving.serves_more": str,
    "sharding.gpu_bytes": int,
    "sharding.sent_bytes": int,
    "sharding.tokens_to_hide": int,
    "sharding.least_gpus": int | None,
    "sharding.kept_bytes": int,
    "sharding.recomputed_flops": int,
    "sharding.least_checkpointing": str | None,
    "sharding.weights_take_over": int,
    "transfers.bandwidth": int,
    "transfers.transfer_us": int,
    "transfers.matmul_bytes": int,
    "transfers.attainable_flops": int,
    "transfers.bound_by": str,
    "transfers.least_rows": int | None,
    "utilization.flops_per_token": int,
    "utilization.mfu": float,
    "utilization.hfu": float,
    "utilization.longest_sequence": int,
    "gradients.conv_flops": int,
    "gradients.recurrent_flops": int,
    "gradients.achieved_flops": float,
    "gradients.backward_ratio": float,
    "gradients.spread": dict[str, float],
    "gradients.step_speedup": float,
    "events.event_times": list[float],
    "events.summary": tuple[float, str],
    "events.overlap": tuple[float, float],
    "events.launch_share": float,
    "errata.size_bytes": int,
    "errata.week_flops": int,
    "errata.backward_flops": int,
    "errata.dynamic_range": tuple[int, int],
}

if CHOSEN.functions:
    RETURNS = {path: RETURNS[path] for path in CHOSEN.functions}
