"""Texts that would act where typed text is not shown as typed: what a web page, a phone or ill will puts into a paste."""

from staffbase.kernel.typed import TEXT_LIMIT

KEPT = {
    "closing tag": "seen [/b] at the door",
    "markup": "[bold red]not red[/bold red] [/] [",
    "an action": "[@click=app.quit]press here[/]",
    "a link": "[link=file:///etc/passwd]here[/link]",
    "escaped markup": r"\[b]and \\[/b] back\slash",
    "a variable": "$accent $(reboot) %(name)s {0} {name!r} %s %d ${HOME}",
    "formula": "=1+1",
    "formula with a command": "=cmd|' /C calc'!A0",
    "plus": "+47 set off",
    "minus": "-2 degrees inside",
    "at": "@SUM(1+1)*cmd",
    "tab and formula": "said:\t=1+1",
    "statement": "'; DROP TABLE entry; --",
    "quotes": "\"'`’“”«»",
    "search language": 'kniv" OR * NEAR( NOT -"',
    "override": "left \u202eright\u202c to left",
    "isolates": "a \u2067b\u2069 c \u200f d",
    "zero width": "kn\u200biv \u200cog\u200d \ufeffsaks\u2060",
    "soft hyphen": "kjøkken\u00adkniv",
    "combining": "a" + "\u0301\u0302\u0303\u0316" * 40 + "b",
    "family": "👩‍👩‍👧‍👦 and 🏴󠁧󠁢󠁳󠁣󠁴󠁿 and 👋🏽",
    "from right to left": "יוסף كوهين עלי",
    "wide": "山田太郎 ａｂｃ",
    "line separators": "one\u2028two\u2029three\u0085"[:-1],
    "one long word": "x" * 3000,
    "private use": "\ue000 \U000f0000 \ufffd",
    "norwegian": "Åse sa: «blåbærsyltetøy» – 50 % av 3 × 2 µg",
}
"""Kept and shown as typed."""

REFUSED = {
    "colour": "red \x1b[31mred\x1b[0m",
    "title": "evil\x1b]0;OWNED\x07",
    "clipboard": "evil\x1b]52;c;T1dORUQ=\x07",
    "hyperlink": "evil\x1b]8;;http://localhost\x1b\\here\x1b]8;;\x1b\\",
    "clear": "\x1b[2J\x1b[Hgone",
    "C1": "evil \x9b5m and \x9d0;OWNED\x9c",
    "next line": "one\x85two",
    "NUL": "end\x00of it",
    "bell and backspace": "bell\x07 back\x08\x08",
    "delete": "de\x7flete",
    "form feed": "one\x0ctwo\x0bthree",
    "half a pair": "half \ud83d of it",
    "the other half": "other \udc9d half",
    "too long": "æ" * (TEXT_LIMIT + 1),
    "a megabyte": "Kim sov. " * 116_508,
}
"""Refused whole, with one sentence."""

NO_NUMBERS = {
    "superscript": "²",
    "another script's": "٤٥",
    "more digits than Python reads": "4" * 5000,
    "below nothing": "-5",
    "with a point": "5.5",
    "grouped": "1_0",
    "spelled": "five",
}
"""Refused with one sentence where a number is asked for."""
