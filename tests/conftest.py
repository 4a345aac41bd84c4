"""What holds for the whole suite: where a change is judged, properties are tried on the same examples each time."""

import os

from hypothesis import settings

settings.register_profile("judged", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("judged")
