"""Sizes and offsets of parts and of the payload, and padding: docs/format.md sections 4 and 7.

All sizes are in bytes.
"""

SEGMENT_BYTES = 262_144
TAG_BYTES = 16
HEADER_BYTES = 40
SEGMENT_PLAIN_BYTES = SEGMENT_BYTES - TAG_BYTES
PART_BYTES_MIN = 2**24
PART_COUNT_MAX = 8192


def part_size_for(size: int) -> int:
    """Plaintext bytes of every part but the last, for a stream of `size` bytes."""
    if size < 0:
        raise ValueError(f"not a size in bytes: {size}")
    part_size = PART_BYTES_MIN
    while _ceil_div(size, part_size) > PART_COUNT_MAX:
        part_size *= 2
    return part_size


def part_count(size: int) -> int:
    """The number of parts of a stream of `size` bytes: at least one."""
    return max(1, _ceil_div(size, part_size_for(size)))


def part_length(size: int, index: int) -> int:
    """Plaintext bytes of part `index` (from 0); IndexError when there is no such part."""
    require_index(index, part_count(size))
    part_size = part_size_for(size)
    return min(part_size, size - index * part_size)


def segment_count(plain_bytes: int) -> int:
    """The number of segments in a part of `plain_bytes` bytes: at least one."""
    return _ceil_div(plain_bytes + HEADER_BYTES, SEGMENT_PLAIN_BYTES)


def sealed_part_length(plain_bytes: int) -> int:
    """Ciphertext bytes of a part of `plain_bytes` bytes."""
    return plain_bytes + HEADER_BYTES + TAG_BYTES * segment_count(plain_bytes)


def sealed_part_offset(size: int, index: int) -> int:
    """The offset of the ciphertext of part `index` in the payload, in bytes."""
    require_index(index, part_count(size))
    return index * sealed_part_length(part_size_for(size))


def payload_length(size: int) -> int:
    """Ciphertext bytes of all parts of a stream of `size` bytes."""
    last = part_count(size) - 1
    return sealed_part_offset(size, last) + sealed_part_length(part_length(size, last))


def padme_padding(total_bytes: int) -> int:
    """The number of zero bytes that Padmé (Nikitin et al., PETS 2019) adds to `total_bytes`."""
    if total_bytes < 2:
        return 0
    exponent = total_bytes.bit_length() - 1
    granule = 1 << (exponent - exponent.bit_length())
    return -total_bytes % granule


def require_index(index: int, count: int) -> None:
    """Raises IndexError unless `index` (from 0) is one of `count` parts."""
    if not 0 <= index < count:
        raise IndexError(f"there is no part {index} of {count}")


def _ceil_div(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
