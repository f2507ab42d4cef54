"""What if a driver's bank takes the money back? Disputes, how they are answered, and how they end."""

from devstack.stripe import listing
from devstack.stripe.account import Account
from devstack.stripe.errors import Refused
from devstack.stripe.parameters import Metadata, Page, Parameters, merged
from devstack.stripe.periods import DAY
from devstack.stripe.routing import Route, get, post, retrieve
from devstack.stripe.shapes import Json

_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
_OVER = ("won", "lost")


class DisputeChange(Parameters, kw_only=True):
    evidence: dict[str, str] | None = None
    metadata: Metadata | None = None
    submit: bool = True


class Disputes(Page, kw_only=True):
    charge: str | None = None
    payment_intent: str | None = None


def begin(account: Account, charge: Json, reason: str = "fraudulent") -> Json:
    """The bank disputes the charge; its money is gone until the dispute is won."""
    if not charge["paid"] or charge["disputed"]:
        raise Refused(f"Charge {charge['id']} cannot be disputed.", param="charge")
    card, now = charge["payment_method_details"]["card"], account.now(charge["_clock"])
    dispute = account.new(
        "dispute", "du_1", clock=charge["_clock"], amount=charge["amount"], balance_transactions=[],
        charge=charge["id"], currency=charge["currency"], enhanced_eligibility_types=[],
        evidence=dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        evidence_details={"due_by": now + 9 * DAY, "enhanced_eligibility": {}, "has_evidence": False, "past_due": False,
                          "submission_count": 0, "submission_method": "not_submitted"},
        is_charge_refundable=False, metadata={}, payment_intent=charge["payment_intent"], reason=reason,
        payment_method_details={
            "type": "card", "card": {"brand": card["brand"], "case_type": "chargeback", "network": card["network"],
                     "network_reason_code": "10.4"},
        },
        status="needs_response",
    )  # fmt: skip
    account.change(charge, "charge.updated", disputed=True)
    account.tell("charge.dispute.created", dispute)
    account.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def finish(account: Account, dispute: Json, status: str) -> Json:
    """`won` or `lost`, for good."""
    if dispute["status"] in _OVER:
        raise Refused(f"This dispute is already {dispute['status']}.", param="dispute")
    account.change(dispute, "charge.dispute.closed", status=status)
    if status == "won":
        account.tell("charge.dispute.funds_reinstated", dispute)
    return dispute


def update(account: Account, asked: DisputeChange, id: str) -> Json:
    dispute = account.get("dispute", id)
    if dispute["status"] in _OVER:
        raise Refused("This dispute is already closed", code="dispute_closed", param="id")
    changes: Json = {"metadata": merged(dispute["metadata"], asked.metadata)}
    if asked.evidence:
        if strange := asked.evidence.keys() - set(_EVIDENCE):
            name = f"evidence[{min(strange)}]"
            raise Refused(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
        details = dispute["evidence_details"] | {"has_evidence": True}
        changes["evidence"] = dispute["evidence"] | asked.evidence
        if asked.submit:
            details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
            changes["status"] = "under_review"
        changes["evidence_details"] = details
    account.change(dispute, "charge.dispute.updated", **changes)
    return dispute


def close(account: Account, _asked: Parameters, id: str) -> Json:
    """Not answering it: the same as losing."""
    return finish(account, account.get("dispute", id), "lost")


def search(account: Account, asked: Disputes) -> Json:
    return listing.page(
        account, asked, "dispute", "/v1/disputes", owner=asked.charge, payment_intent=asked.payment_intent
    )


ROUTES: tuple[Route, ...] = (
    retrieve("/v1/disputes/{id}", "dispute"),
    post("/v1/disputes/{id}", DisputeChange, update),
    post("/v1/disputes/{id}/close", Parameters, close),
    get("/v1/disputes", Disputes, search),
)
