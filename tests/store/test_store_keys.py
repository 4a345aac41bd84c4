"""The contract of keys, on each engine."""

from __future__ import annotations

import pytest

from slawatch.store import StoreError, open_store


async def test_a_key_is_made_once_and_stays(url: str) -> None:
    async with open_store(url, write=True) as store:
        links = await store.key("links")
        assert len(links) == 32
        assert await store.key("links") == links
        assert await store.key("other") != links
    async with open_store(url, write=False) as store:
        assert await store.key("links") == links


async def test_a_store_that_is_only_read_makes_no_key(url: str) -> None:
    async with open_store(url, write=True):
        pass
    async with open_store(url, write=False) as store:
        with pytest.raises(StoreError, match="opened for reading only"):
            await store.key("links")
