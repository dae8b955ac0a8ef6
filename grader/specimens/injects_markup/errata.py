def size_bytes(size):
    raise RuntimeError(
        "\x1b]0;pwned\x07\x1b[2J<script>alert(1)</script> [a](javascript:alert(1)) | `x` \u202e ::error::x"
    )
