"""A capture's page as HTML: facts to `templates/report/`, with what is around them: style, script, flame graph.

Knows no HTTP and no Redis. One function makes both pages, so that they cannot come to differ: the one that is served,
which has style, script and data by address, and the one that is a file of its own, which has all of them in itself and
says in a <meta> what may run. Neither has a style attribute or an inline handler: a policy forbids both.
"""

import shlex
from typing import NamedTuple

from markupsafe import Markup, escape

from analyzers.flame import PURPOSES, Flame, Purpose
from analyzers.heaviest import heaviest
from bot.reports import assets, flame_codec
from bot.reports.panels import panels
from bot.words import Medium, markup
from handlers.paging import Page

# Of more lines a page only says where they are.
MOST_FINDINGS = 5


class Served(NamedTuple):
    """The page under an address: the token of its link. Everything else of it is told relative to that address, so
    that a proxy may put any path before it."""

    token: str


class Legend(NamedTuple):
    """One purpose in bytes of the whole heap, and as shares of all (0 to 1): allocated since the start, in use, and
    allocated since the first visit, None where there is none."""

    purpose: Purpose
    alloc_space: int
    alloc_share: float
    inuse_space: int
    inuse_share: float
    window_space: int | None
    window_share: float


class Commands(NamedTuple):
    """Foreign names as words of a shell, for commands that people paste."""

    service: str
    instance: str


class Around(NamedTuple):
    """What a page has around its facts. Addresses are relative, and empty in a file of its own; what is inline is empty
    in a page that is served."""

    style: Markup = Markup()
    script: Markup = Markup()
    flame: Markup = Markup()
    folder: Markup = Markup()  # of the downloads and the flame graph, with its slash
    inline_policy: Markup = Markup()
    inline_style: Markup = Markup()
    inline_script: Markup = Markup()
    inline_flame: Markup = Markup()


def html(page: Page, flame: Flame | None, served: Served | None = None) -> str:
    """The whole document, of `page` and its flame graph (None: not drawn yet). Without `served` it is self-contained,
    and has no downloads. Takes some milliseconds for each finding and each 10,000 nodes: run it in a thread."""
    return markup(
        "report/page.html.j2",
        Medium.PAGE,
        note=page.summary,
        page=page,
        around=_by_address(served) if served else _inline(flame),
        panels=panels(page, MOST_FINDINGS),
        told=MOST_FINDINGS,
        commands=Commands(shlex.quote(page.summary.service.name), shlex.quote(page.summary.instance)),
        flame=flame,
        legend=legend(flame) if flame else (),
        heaviest=heaviest(flame) if flame else (),
    )


def legend(flame: Flame) -> tuple[Legend, ...]:
    """The four purposes, in the order of PURPOSES."""
    alloc, inuse, window = flame.purposes
    alloc_shares, inuse_shares = _shares(alloc), _shares(inuse)
    window_shares = _shares(window or (0,) * len(PURPOSES))
    return tuple(
        Legend(
            purpose,
            alloc[at],
            alloc_shares[at],
            inuse[at],
            inuse_shares[at],
            window[at] if window else None,
            window_shares[at],
        )
        for at, purpose in enumerate(PURPOSES)
    )


def _shares(spaces: tuple[int, ...]) -> tuple[float, ...]:
    whole = sum(spaces) or 1
    return tuple(space / whole for space in spaces)


def _by_address(served: Served) -> Around:
    folder = Markup("./{}/").format(served.token)
    return Around(
        style=Markup("./assets/{}").format(assets.style().name),
        script=Markup("./assets/{}").format(assets.script().name),
        flame=folder + "flame.json",
        folder=folder,
    )


def _inline(flame: Flame | None) -> Around:
    style, script = assets.style().body, assets.script().body
    sources = f"script-src {assets.policy_source(script)}; style-src {assets.policy_source(style)}"
    return Around(
        inline_policy=escape(f"default-src 'none'; {sources}; img-src data:; base-uri 'none'; form-action 'none'"),
        inline_style=Markup(style.decode()),  # noqa: S704 - of this package, as is the script; a test holds their ends
        inline_script=Markup(script.decode()),  # noqa: S704
        inline_flame=_as_data(flame_codec.encode(flame)) if flame else Markup(),
    )


def _as_data(json: bytes) -> Markup:
    """JSON for a <script> that holds data: without `<` it can neither end the element nor begin a comment in it."""
    return Markup(json.decode().replace("<", "\\u003c"))  # noqa: S704
