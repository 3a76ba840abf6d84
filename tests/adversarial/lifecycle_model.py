"""What should become of one sealed transfer, in plain Python: docs/api.md once more, without rows.

Time is whole hours since creation. Each call returns the status and code that the API must answer.
"""

from dataclasses import dataclass, field

LEASE_HOURS, LEASE_MAX_HOURS = 24, 72
ABANDONED_HOURS = 24
UPLOAD_MAX_HOURS = 7 * 24
GONE_HOURS = MAX_EXPIRY_HOURS = 30 * 24

Answer = tuple[int, str]
FINE: Answer = (200, "")
NOT_FOUND: Answer = (404, "transfer_not_found")
NOT_PENDING: Answer = (409, "transfer_not_pending")


@dataclass
class ModelLease:
    created: int
    expires: int
    is_finished: bool = False

    def is_live(self, now: int) -> bool:
        return not self.is_finished and self.expires > now


@dataclass
class ModelTransfer:
    part_count: int
    limit: int | None
    life_hours: int
    now: int = 0
    state: str = "pending"
    reason: str = ""
    touched: int = 0
    completed: int = 0
    closed: int = 0
    manifest: bytes = b""
    count: int = 0
    parts: set[int] = field(default_factory=set)
    leases: dict[str, ModelLease] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.expires = self.life_hours

    @property
    def is_open(self) -> bool:
        return self.state in ("pending", "completed")

    @property
    def has_live_lease(self) -> bool:
        return any(lease.is_live(self.now) for lease in self.leases.values())

    @property
    def closing_reason(self) -> str:
        if not self.is_open:
            return self.reason
        if self.state == "completed" and self.expires <= self.now:
            return "expired"
        if self.state == "completed" and self.limit == self.count:
            return "exhausted"
        return ""

    def refusal(self) -> Answer:
        is_told = self.closing_reason in ("expired", "exhausted", "taken_down")
        if self.is_open and not is_told:
            return (409, "transfer_not_ready")
        if is_told and (self.is_open or self.closed + GONE_HOURS > self.now):
            return (410, f"transfer_{self.closing_reason}")
        return NOT_FOUND

    def close(self, reason: str) -> None:
        if self.is_open:
            self.state, self.reason, self.closed = "deleted", reason, self.now
            self.parts.clear()
            self.leases.clear()

    def sign(self, indices: list[int]) -> Answer:
        if not self.is_open:
            return self.refusal()
        if max(indices) >= self.part_count:
            return (422, "part_out_of_range")
        if self.state != "pending":
            return NOT_PENDING
        self.touched = self.now
        return FINE

    def list_parts(self) -> Answer:
        if not self.is_open:
            return self.refusal()
        return FINE if self.state == "pending" else NOT_PENDING

    def complete(self, manifest: bytes) -> Answer:
        if not self.is_open:
            return self.refusal()
        if self.state == "pending":
            if len(self.parts) < self.part_count:
                return (409, "parts_missing")
            self.state, self.manifest = "completed", manifest
            self.completed, self.expires = self.now, self.now + self.life_hours
        return FINE if manifest == self.manifest else (409, "manifest_differs")

    def abort(self) -> Answer:
        if not self.is_open:
            return self.refusal()
        if self.state != "pending":
            return NOT_PENDING
        self.close("abandoned")
        return FINE

    def lease(self, token: str) -> Answer:
        if self.state != "completed":
            return self.refusal()
        held = self.leases.get(token)
        if held:
            if not held.is_live(self.now):
                return (409, "lease_ended")
            held.expires = min(self.now + LEASE_HOURS, held.created + LEASE_MAX_HOURS)
            return FINE
        if self.closing_reason:
            return self.refusal()
        self.leases[token] = ModelLease(self.now, self.now + LEASE_HOURS)
        self.count += 1
        return FINE

    def finish(self, token: str) -> Answer:
        if self.state != "completed":
            return self.refusal()
        if token not in self.leases:
            return (404, "lease_not_found")
        self.leases[token].is_finished = True
        return FINE

    def read_manifest(self, token: str) -> Answer:
        lease = self.leases.get(token)
        is_holder = bool(lease and lease.is_live(self.now))
        if self.state != "completed" or (self.closing_reason and not is_holder):
            return self.refusal()
        return FINE

    def info(self, token: str) -> Answer:
        return FINE if self.state == "pending" else self.read_manifest(token)

    def change(self, hours: int | None, limit: int | None) -> Answer:
        if self.state != "completed" or self.closing_reason:
            return self.refusal()
        if hours is not None and self.now + hours >= self.completed + MAX_EXPIRY_HOURS:
            return (422, "invalid_request")
        if limit is not None and limit < self.count:
            return (409, "limit_below_downloads")
        self.limit = limit
        if hours is not None:
            self.expires = self.now + hours
        return FINE

    def revoke(self) -> Answer:
        if self.state != "completed" or self.closing_reason not in ("", "exhausted"):
            return self.refusal()
        self.limit = self.count
        return FINE

    def delete(self) -> Answer:
        if self.state == "forgotten":
            return NOT_FOUND
        self.close("owner")
        return FINE

    def manage(self) -> Answer:
        return NOT_FOUND if self.state == "forgotten" else FINE

    def clean_up(self) -> None:
        is_idle = self.touched + ABANDONED_HOURS <= self.now
        if self.state == "pending" and (is_idle or self.now >= UPLOAD_MAX_HOURS):
            self.close("abandoned")
        elif self.state == "completed" and self.closing_reason and not self.has_live_lease:
            self.close(self.closing_reason)
        if self.state == "deleted" and self.closed + GONE_HOURS <= self.now:
            self.state = "forgotten"
