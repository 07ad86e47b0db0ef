"""One browser and one place of reports for all tests of a module: to start them takes longer than to use them."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest_asyncio
from playwright.async_api import Browser

from tests.reports.served import Site, site
from tests.reports.tabs import chromium


class Desk(NamedTuple):
    """A browser, in which each test opens tabs of its own, and where reports are."""

    browser: Browser
    site: Site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Desk]:
    async with site() as here, chromium() as browser:
        yield Desk(browser, here)
