"""Chinese numerals as notices use them: for numbering, months and counts."""

DIGITS = "〇一二三四五六七八九"
_VALUES = {char: value for value, char in enumerate(DIGITS)} | {"零": 0, "○": 0, "О": 0, "两": 2}


def in_chinese(number: int) -> str:
    """1 to 99 in words, anything else in digits."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones else "")


def to_int(word: str) -> int | None:
    """A number below 100 in words (二十五), a row of digits in words (二〇二一), or digits; None for anything else."""
    if word.isdecimal():
        return int(word)
    if "十" in word:
        tens, _, ones = word.partition("十")
        if len(tens) > 1 or len(ones) > 1 or any(char not in _VALUES for char in tens + ones):
            return None
        return (_VALUES[tens] if tens else 1) * 10 + (_VALUES[ones] if ones else 0)
    if not word or any(char not in _VALUES for char in word):
        return None
    return int("".join(str(_VALUES[char]) for char in word))
