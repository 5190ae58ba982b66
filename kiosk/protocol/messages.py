"""What goes up and down in one exchange. Short field names travel: the line may carry four kilobytes a second."""

from __future__ import annotations

import zlib
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

ENTRIES_AT_ONCE = 20
"""Entries of one exchange: some 10 kB, which a bad line carries in a few seconds, so that little is sent twice."""

ORDERS_AT_ONCE = 10
"""Orders of one answer."""

LARGEST_BODY = 1_000_000
"""Bytes of one message once it is unpacked."""

PATHS = "/kiosk-sync/v1"


class Message(BaseModel):
    """Written with its short names, without what is as usual."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="ignore")

    def to_bytes(self) -> bytes:
        """Compact JSON."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read :meth:`to_bytes`. Raises ``ValueError`` for anything else."""
        return cls.model_validate_json(content)

    def packed(self) -> bytes:
        """:meth:`to_bytes`, compressed where that is shorter: what is sealed loses at least its base64 again."""
        content = self.to_bytes()
        return min(content, zlib.compress(content, 9), key=len)

    @classmethod
    def from_packed(cls, content: bytes) -> Self:
        """Read :meth:`packed`. Raises ``ValueError`` for anything else."""
        if len(content) > LARGEST_BODY:
            raise ValueError("the message is too large")
        if content[:1] == b"{":
            return cls.from_bytes(content)
        unpacking = zlib.decompressobj()
        try:
            opened = unpacking.decompress(content, LARGEST_BODY)
        except zlib.error:
            raise ValueError("neither JSON nor compressed JSON") from None
        if not unpacking.eof:
            raise ValueError("the message is too large")
        return cls.from_bytes(opened)


class Condition(StrEnum):
    """How a device of the kiosk is."""

    WORKS = "works"
    MISSING = "missing"
    TROUBLE = "trouble"
    UNKNOWN = "unknown"


class EntryKind(StrEnum):
    """What an entry holds; see :mod:`kiosk.protocol.entries`."""

    TICKET = "ticket"
    STATUS_REQUEST = "status"
    TEXT = "text"
    USAGE = "usage"
    LOG = "log"


class OrderKind(StrEnum):
    """What the centre may order of a box. A picture of the screen is not among it and never will be: somebody may stand
    before it (docs/decisions/0097-orders-to-boxes.md)."""

    RESTART = "restart"
    LOG = "log"


class Outcome(StrEnum):
    """What a box has done about an order."""

    DONE = "done"
    REFUSED = "refused"


class Entry(Message):
    """One thing that waited on the kiosk."""

    sequence: Annotated[int, Field(alias="n", ge=1)]
    kind: Annotated[EntryKind, Field(alias="k")]
    key: Annotated[str, Field(alias="i", min_length=1, max_length=200)]
    """Idempotency key: the centre does an entry once, however often it arrives."""
    at: Annotated[float, Field(alias="t")]
    """When it was asked for, in the centre's time, seconds since 1970."""
    sealed: Annotated[str, Field(alias="s", max_length=20_000)]
    """Sealed to the centre, base64."""


class State(Message):
    """How the kiosk is."""

    bundle: Annotated[int, Field(alias="b")] = 0
    """Number of the bundle in use; 0: what it was installed with."""
    refused: Annotated[int, Field(alias="r")] = 0
    """Number of the bundle that did not work here last."""
    since: Annotated[float, Field(alias="u")] = 0.0
    """Since when the bundle in use works there, in the centre's time, seconds since 1970; 0: not known."""
    waiting: Annotated[int, Field(alias="q")] = 0
    """Entries in the queue."""
    disk_free: Annotated[int, Field(alias="f")] = 0
    """Megabytes."""
    disk_size: Annotated[int, Field(alias="d")] = 0
    microphone: Annotated[Condition, Field(alias="m")] = Condition.UNKNOWN
    printer: Annotated[Condition, Field(alias="p")] = Condition.UNKNOWN
    clock: Annotated[float, Field(alias="c")] = 0.0
    """The kiosk's own clock, seconds since 1970."""
    boot: Annotated[str, Field(alias="h", max_length=8)] = ""
    """Beginning of the id of this run of the machine; two machines that take turns are copies of each other."""
    program: Annotated[str, Field(alias="v", max_length=40)] = ""
    """Version of its program."""


class Order(Message):
    """Something the centre wants a box to do; it stands in an answer the centre has signed for this box alone."""

    id: Annotated[str, Field(alias="i", pattern=r"^[a-z]{12}$")]
    kind: Annotated[str, Field(alias="k", max_length=20)]
    """One of :class:`OrderKind`; a box refuses what it does not know."""


class Obeyed(Message):
    """What became of an order; told until the centre no longer names it."""

    id: Annotated[str, Field(alias="i", pattern=r"^[a-z]{12}$")]
    outcome: Annotated[Outcome, Field(alias="o")]


class Exchange(Message):
    """What a kiosk says."""

    state: Annotated[State, Field(alias="s")] = State()
    snapshot: Annotated[int, Field(alias="v")] = 0
    """Version of the dossiers it holds; 0: none."""
    entries: Annotated[tuple[Entry, ...], Field(alias="e", max_length=ENTRIES_AT_ONCE)] = ()
    obeyed: Annotated[tuple[Obeyed, ...], Field(alias="o", max_length=ORDERS_AT_ONCE)] = ()


class SnapshotPart(Message):
    """Dossiers that changed since the version the kiosk holds; see :mod:`kiosk.protocol.snapshot`."""

    version: Annotated[int, Field(alias="v")]
    as_of: Annotated[float, Field(alias="t")]
    """When the centre asked the back end, seconds since 1970."""
    records: Annotated[dict[str, str], Field(alias="r")] = {}
    """By lookup id: sealed with what only code and digits give; empty for one that is gone."""
    more: Annotated[bool, Field(alias="m")] = False
    """Whether another part follows."""
    anew: Annotated[bool, Field(alias="z")] = False
    """Whether what the kiosk holds is to be forgotten first: the centre does not know its version (any more)."""


class OffNow(Message):
    """Something the centre has taken out of service; see :mod:`stores.out_of_service`."""

    scope: Annotated[str, Field(alias="s", max_length=60)]
    words: Annotated[str, Field(alias="w", max_length=300)] = ""
    """For citizens; empty: the usual sentence."""
    since: Annotated[float, Field(alias="f")] = 0.0
    """Seconds since 1970."""
    until: Annotated[float, Field(alias="u")] = 0.0
    """When it comes back by itself; 0: when somebody puts it back."""


class ExchangeAnswer(Message):
    """What the centre says."""

    cursor: Annotated[int, Field(alias="a")] = 0
    """Every entry up to this sequence is done; the kiosk may forget them."""
    refused: Annotated[tuple[int, ...], Field(alias="x")] = ()
    """Entries among these the centre cannot read: the kiosk keeps them aside for an operator."""
    head: Annotated[str | None, Field(alias="b")] = None
    """The signed head of a bundle to fetch; see :mod:`kiosk.protocol.manifest`."""
    snapshot: Annotated[SnapshotPart | None, Field(alias="s")] = None
    off: Annotated[tuple[OffNow, ...] | None, Field(alias="o", max_length=1_000)] = None
    """Everything that is out of service there; None: the centre does not say, being older."""
    orders: Annotated[tuple[Order, ...], Field(alias="w", max_length=ORDERS_AT_ONCE)] = ()
    """Every order whose outcome the centre has not heard."""


class Enrolment(Message):
    """A box that wants to become a kiosk; it proves that it knows the one-time code without telling it."""

    lookup: Annotated[str, Field(alias="l", pattern=r"^[0-9a-f]{32}$")]
    public: Annotated[str, Field(alias="p", min_length=88, max_length=88)]
    proof: Annotated[str, Field(alias="h", pattern=r"^[0-9a-f]{64}$")]


class Enrolled(Message):
    """It is one now; the proof shows that the centre knows the code, too."""

    kiosk: Annotated[str, Field(alias="i")]
    name: Annotated[str, Field(alias="n")]
    public: Annotated[str, Field(alias="p")]
    proof: Annotated[str, Field(alias="h")]
    time: Annotated[float, Field(alias="t")]


class SealedMessage(Message):
    """Something only the receiver may read, base64."""

    sealed: Annotated[str, Field(alias="s", max_length=20_000)]
