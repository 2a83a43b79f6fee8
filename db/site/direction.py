"""Signs that turn the direction of writing: one of them in a notice would turn whatever follows it."""

from __future__ import annotations

#: U+202A to U+202E embed and override, U+2066 to U+2069 isolate; https://www.unicode.org/reports/tr9/.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def in_one_direction(shown: str) -> str:
    """What is shown, without those signs: letters stand in the order in which they are stored."""
    return shown.translate(_TURNING)
