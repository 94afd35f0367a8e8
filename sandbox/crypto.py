"""The callback envelope: AES-256-CBC with a 32-byte pad, and a SHA1 signature over four values."""

import base64
import hashlib
import os
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # bytes; the pad is longer than AES's own block


class EnvelopeError(ValueError):
    """The envelope is not one of ours: wrong signature, wrong key, wrong receiver or broken bytes."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Seals and opens what travels between platform and bot.

    `aes_key` is the EncodingAESKey of 43 characters, `receive_id` the corp id written behind each message.
    """

    token: str
    aes_key: str
    receive_id: str

    @property
    def _key(self) -> bytes:
        return base64.b64decode(self.aes_key + "=")

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        return hashlib.sha1("".join(sorted((self.token, timestamp, nonce, encrypted))).encode()).hexdigest()

    def encrypt(self, message: bytes, random16: bytes | None = None) -> str:
        """Base64 of the encrypted message. `random16` is for test vectors only."""
        plain = (random16 or os.urandom(16)) + struct.pack(">I", len(message)) + message + self.receive_id.encode()
        pad = BLOCK - len(plain) % BLOCK
        encryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """The message inside. Raises EnvelopeError."""
        try:
            decryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
            padded = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
        except ValueError as error:
            raise EnvelopeError(f"not an encrypted message: {error}") from error
        pad = padded[-1] if padded else 0
        if not 1 <= pad <= BLOCK or padded[-pad:] != bytes([pad]) * pad or len(padded) < 20 + pad:
            raise EnvelopeError("wrong padding")
        plain = padded[:-pad]
        (length,) = struct.unpack(">I", plain[16:20])
        message, receiver = plain[20 : 20 + length], plain[20 + length :]
        if receiver != self.receive_id.encode():
            raise EnvelopeError("meant for another corp")
        return message

    def open(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> bytes:
        """The message inside, after checking its signature. Raises EnvelopeError."""
        if signature != self.signature(timestamp, nonce, encrypted):
            raise EnvelopeError("wrong signature")
        return self.decrypt(encrypted)
