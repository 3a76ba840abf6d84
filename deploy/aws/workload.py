"""What people are assumed to do in a month, and the calls and bytes that this makes."""

from dataclasses import dataclass

HOURS = 730
SECONDS = HOURS * 3600
GB = 2**30
PART_BYTES = 2**24  # static/js/crypto/sizes.js, up to 10,000 parts


@dataclass(frozen=True)
class Workload:
    """A month of `transfers`; the rest are assumptions (docs/aws.md says which were measured)."""

    transfers: int
    size_mib: float = 25
    downloads: float = 1.5  # of each transfer
    days_kept: float = 7

    # Calls of a function: page, create, sign, complete and one look at the manage page; then page,
    # info, manifest and lease of each recipient. Static files stay at CloudFront.
    sender_calls: int = 5
    recipient_calls: int = 4
    files_of_a_page: int = 60  # by a browser that has none of them yet
    page_bytes: int = 120_000
    call_milliseconds: int = 60
    ended_milliseconds: int = 60  # of cleanup, for each transfer that is deleted and looked for
    pass_milliseconds: int = 1_000  # of cleanup, when nothing is due

    row_bytes: int = 8_000  # with manifest, envelope, events and indexes
    tombstone_days: int = 30
    line_bytes: int = 900  # of log for each call, with Lambda's own lines
    insights_bytes: int = 1_100  # of log for each call of a function, by Lambda Insights
    access_line_bytes: int = 400  # of log for each request at the edge
    refused_share: float = 0.01  # of requests, by the firewall, 1,500 bytes of log each
    peak_factor: int = 5  # busiest hour against the average
    mails: int = 100
    check_seconds: int = 5  # of the outside check, at 1,000 MB

    @property
    def bytes_each(self) -> float:
        return self.size_mib * 2**20

    @property
    def calls(self) -> float:
        """Of the two services."""
        return self.transfers * (self.sender_calls + self.downloads * self.recipient_calls)

    @property
    def edge_requests(self) -> float:
        return self.calls + self._pages * self.files_of_a_page

    @property
    def edge_gb(self) -> float:
        return self._pages * self.page_bytes / GB

    @property
    def _pages(self) -> float:
        return self.transfers * (1 + self.downloads)

    @property
    def stored_gb(self) -> float:
        """On the average of the month."""
        return self.transfers * self.bytes_each / GB * self.days_kept / 30

    @property
    def downloaded_gb(self) -> float:
        return self.transfers * self.bytes_each * self.downloads / GB

    @property
    def writes(self) -> float:
        """Calls of the bucket at the price of PUT, as counted in docs/scale.md: begin, parts, one
        list of them, complete; and by the deletion two lists of uploads and two of versions."""
        return self.transfers * (7 + self._parts)

    @property
    def reads(self) -> float:
        """The object's length when it is joined and when it is deleted, and what recipients get."""
        return self.transfers * (2 + self.downloads * self._parts)

    @property
    def _parts(self) -> int:
        return max(1, -(-int(self.bytes_each) // PART_BYTES))

    @property
    def database_gb(self) -> float:
        return self.transfers * (self.days_kept + self.tombstone_days) / 30 * self.row_bytes / GB

    @property
    def calls_at_once(self) -> float:
        """Function instances that answer at the same time in the busiest hour."""
        return self.calls / SECONDS * self.peak_factor * self.call_milliseconds / 1000
