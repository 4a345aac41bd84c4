"""The loop that hands over what is owed."""

from slawatch.deliver.attempts import BACKOFF, LONGEST, backoff
from slawatch.deliver.loop import Compose, DeliveryObserver, Limits, Post, deliver

__all__ = ["BACKOFF", "LONGEST", "Compose", "DeliveryObserver", "Limits", "Post", "backoff", "deliver"]
