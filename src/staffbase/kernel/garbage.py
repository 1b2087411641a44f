"""The garbage collector rests while the program starts.

What is loaded then stays to the end; looking through it for garbage again and again is a tenth of the whole start.
"""

import gc


def rest() -> None:
    """Collect nothing until `wake`. Called before the libraries are loaded."""
    gc.disable()


def wake() -> None:
    """Collect again from now on, and never look at what is there already. Does nothing where nobody rested."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
