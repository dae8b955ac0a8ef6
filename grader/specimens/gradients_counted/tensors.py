_alone = held_bytes


def held_bytes(tensors):
    gradients = [tensor.grad for tensor in tensors if tensor.is_leaf and tensor.grad is not None]
    return _alone([*tensors, *gradients])
