"""What must not act is seen: controls, bidi marks and invisible characters, shown as signs for themselves.

Everything typed goes through here on its way to a screen (staffbase.ui.text), and every sentence that quotes it.
"""

import unicodedata

_LINE_ENDS = {"\n", "\t"}


def harmless(text: str) -> str:
    """The text with every control, bidi and invisible character shown as a sign for itself."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in _LINE_ENDS or character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:  # noqa: PLR2004  (C0 has a picture for each)
        return chr(0x2400 + code)
    if code == 0x7F:  # noqa: PLR2004
        return "\u2421"
    if unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return " "
    return f"‹{code:04X}›"
