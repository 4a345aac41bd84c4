"""Who is let in over the port, by the configuration; keys and certificate are read anew at each reload."""

from __future__ import annotations

from pathlib import Path

from slawatch.clock import Clock
from slawatch.config import Config, ConfigErrors, SignedHeader
from slawatch.people import BadKeys, Hasher, Office, Signed, SignedSettings, SignIn, Standing, read_keys
from slawatch.store import Store
from slawatch.web import BadCertificate, Entrance, server_context, take_certificate

#: The key that forms are signed with, in the store.
KEY = "forms"


def check_files(config: Config, file: Path) -> None:
    """Raises ConfigErrors where a certificate or keys cannot be used."""
    tls, header = config.web.tls, config.web.login.header
    try:
        if tls is not None:
            server_context(tls.certificate, tls.key)
        if header is not None:
            read_keys(header.keys)
    except BadCertificate as bad:
        raise ConfigErrors((f"{file}: web.tls: {bad}",)) from None
    except BadKeys as bad:
        raise ConfigErrors((f"{file}: web.login.header.keys: {bad}",)) from None


async def entrance(config: Config, store: Store, clock: Clock, hasher: Hasher) -> Entrance:
    """The entrance by a configuration whose files were checked."""
    tls, header = config.web.tls, config.web.login.header
    return Entrance(
        office=Office(store.people, clock, hasher),
        sign_in=SignIn(store.people, clock, hasher),
        standing=Standing(store.people, clock),
        forms=await store.key(KEY),
        trusted=config.web.trusted_proxies,
        signed=None if header is None else _signed(header, clock),
        header="" if header is None else header.name,
        tls=None if tls is None else server_context(tls.certificate, tls.key),
    )


def renew(entered: Entrance, config: Config, file: Path) -> None:
    """The same files, as they are now, from the next connection on. Raises ConfigErrors, with all as it was."""
    check_files(config, file)
    tls, header = config.web.tls, config.web.login.header
    if tls is not None and entered.tls is not None:
        take_certificate(entered.tls, tls.certificate, tls.key)
    if header is not None and entered.signed is not None:
        entered.signed.keys = read_keys(header.keys)


def _signed(header: SignedHeader, clock: Clock) -> Signed:
    settings = SignedSettings(
        header.algorithms, header.audience, header.issuer, header.user_claim, header.role_claim, header.role_of()
    )
    return Signed(settings, read_keys(header.keys), clock)
