"""`python -m staffbase` is the command `staffbase`."""

import sys

from staffbase.cli import main

if __name__ == "__main__":
    sys.exit(main())
