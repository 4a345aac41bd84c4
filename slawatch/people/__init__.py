"""Who may do what: users and tokens looked after, signing in, and the audit list."""

from slawatch.people.office import Office
from slawatch.people.passwords import Hasher
from slawatch.people.secrets import digest, form_key, is_token
from slawatch.people.signed import BadKeys, Signed, SignedSettings, read_keys
from slawatch.people.signing_in import SignIn, Wait, Wrong
from slawatch.people.standing import Known, Standing

__all__ = [
    "BadKeys",
    "Hasher",
    "Known",
    "Office",
    "SignIn",
    "Signed",
    "SignedSettings",
    "Standing",
    "Wait",
    "Wrong",
    "digest",
    "form_key",
    "is_token",
    "read_keys",
]
