"""The platform's callback encryption, written from its public description and not from the service's code.

AES-256-CBC with key = base64(EncodingAESKey + "="), IV = key[:16], PKCS#7 in blocks of 32; plaintext = 16 random bytes,
the message's length as a big-endian uint32, the message, the corp id. Signature = SHA-1 over four sorted values.
"""

import base64
import hashlib
import os
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # bytes


@dataclass(frozen=True)
class CallbackCrypto:
    token: str
    aes_key: str  # 43 characters
    corp_id: str

    def encrypt(self, message: str, corp_id: str | None = None) -> str:
        """The ciphertext as base64; `corp_id` other than ours is what a forger would put in."""
        data = message.encode()
        plain = os.urandom(16) + struct.pack(">I", len(data)) + data + (corp_id or self.corp_id).encode()
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def decrypt(self, sealed: str) -> str:
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
        plain = plain[: -plain[-1]]
        (length,) = struct.unpack(">I", plain[16:20])
        assert plain[20 + length :].decode() == self.corp_id
        return plain[20 : 20 + length].decode()

    def signature(self, timestamp: str, nonce: str, sealed: str) -> str:
        return hashlib.sha1("".join(sorted([self.token, timestamp, nonce, sealed])).encode()).hexdigest()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
