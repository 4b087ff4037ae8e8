"""Where models come from: their publishers, or a mirror that the host names, and nowhere else."""

from __future__ import annotations

import ipaddress

import httpx

from bot.models.errors import SourceRefused
from engine.value import value

PUBLISHERS = ("huggingface.co", "github.com")
"""The hosts at which models are published."""
_BEHIND = (".huggingface.co", ".hf.co", ".githubusercontent.com")
"""How the names of the hosts end to which these send on for the files themselves."""


@value
class Source:
    """Where files are fetched from."""

    mirror: httpx.URL | None = None
    """The server that stands in for the publishers; None: the publishers themselves."""

    @classmethod
    def of(cls, mirror: str) -> Source:
        """Return the source that goes by a mirror's address, or by none where it is empty.

        Raises:
            SourceRefused: It is no address that can be used; the sentence says what one looks like.
        """
        if not mirror:
            return cls()
        try:
            url = httpx.URL(mirror.rstrip("/"))
        except httpx.InvalidURL:
            raise SourceRefused("{mirror} is no address of a mirror.", mirror=repr(mirror[:80])) from None
        if url.userinfo or url.query or url.fragment:
            raise SourceRefused("A mirror's address has no password, no '?' and no '#' in it.")
        if not url.host or not (url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host))):
            raise SourceRefused("A mirror's address begins with https://; only one on this machine may have http://.")
        return cls(mirror=url)

    def address(self, published: str) -> httpx.URL:
        """Return where a file is fetched that is published at this address: a mirror has it under the same path."""
        url = httpx.URL(published)
        if self.mirror is None:
            return url
        # The raw path, so that what is escaped in it stays so.
        return self.mirror.copy_with(raw_path=self.mirror.raw_path.rstrip(b"/") + url.raw_path)

    def check(self, url: httpx.URL) -> None:
        """Check that an address is one of the publishers' or the mirror's, before anything is asked there.

        Raises:
            SourceRefused: It is somewhere else.
        """
        ours = self.mirror is not None and _origin(url) == _origin(self.mirror)
        theirs = url.scheme == "https" and url.port is None and (url.host in PUBLISHERS or url.host.endswith(_BEHIND))
        if url.userinfo or not (ours or theirs):
            raise SourceRefused(
                "The server sends on to {host}, from where models are not fetched. Nothing was taken from there.",
                host=f"{url.scheme}://{url.host}"[:80],
            )

    @property
    def is_here(self) -> bool:
        """Whether everything stays on this machine, so that no proxy is to be asked."""
        return self.mirror is not None and is_loopback(self.mirror.host)


def is_loopback(host: str) -> bool:
    """Whether a host's name or address means this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
