"""Every page of an encrypted database and of its log, decrypted byte for byte: also what no query reaches.

SQLCipher 4 with a raw key: AES-256-CBC, each page of 4096 bytes ends in 80 bytes of its own (a vector of 16, a MAC of 64).
"""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_PAGE, _OWN, _VECTOR, _SALT = 4096, 80, 16, 16
_LOG_HEAD, _FRAME_HEAD = 32, 24


def decrypted(file: Path, key: bytes) -> bytes:
    """All pages of the file and all frames of its log, free ones too."""
    held = file.read_bytes()
    pages = [_decrypt(held[at : at + _PAGE], key, _SALT if at == 0 else 0) for at in range(0, len(held), _PAGE)]
    assert pages[0][84:100].startswith(b"\0\0\0") or b"\0" in pages[0], "page 1 is no database's"
    log = file.with_name(f"{file.name}-wal")
    if log.exists():
        told = log.read_bytes()
        step = _FRAME_HEAD + _PAGE
        for at in range(_LOG_HEAD, len(told) - step + 1, step):
            page = told[at + _FRAME_HEAD : at + step]
            pages += [_decrypt(page, key, 0), _decrypt(page, key, _SALT)]  # either may be page 1
    return b"".join(pages)


def _decrypt(page: bytes, key: bytes, salt: int) -> bytes:
    vector = page[_PAGE - _OWN : _PAGE - _OWN + _VECTOR]
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return cipher.update(page[salt : _PAGE - _OWN]) + cipher.finalize()
