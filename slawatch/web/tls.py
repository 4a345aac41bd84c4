"""The certificate that the port is served with."""

from __future__ import annotations

import ssl
from pathlib import Path


class BadCertificate(Exception):
    """It cannot be served; the text is one line: which files, and what would be right."""


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer, with the choices of Python's ssl module. Raises BadCertificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    take(context, certificate, key)
    return context


def take(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    """New connections get this certificate. Raises BadCertificate, with the one before in use."""
    try:
        _load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), certificate, key)  # what fails here leaves the other as it is
        _load(context, certificate, key)
    except ssl.SSLError as error:
        why = error.reason or "no PEM"
        raise BadCertificate(
            f"{certificate}, {key}: expected a certificate and its own key as PEM, the key without a password ({why})"
        ) from None
    except OSError as error:
        raise BadCertificate(f"{error.filename or certificate}: cannot be read: {error.strerror}") from None


def _load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    context.load_cert_chain(certificate, key, password="")  # else OpenSSL would ask for one in the terminal
