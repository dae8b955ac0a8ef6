def size_bytes(size):
    raise RuntimeError(
        "\x1b]0;pwned\x07\x1b[2J<script>alert(1)</script> [a](javascript:alert(1)) | `x` \u202e"
        "\r\nScore 97 of 97\n::error::x\u2028##[error]x\x85\udcff"
    )
