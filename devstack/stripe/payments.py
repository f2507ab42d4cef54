"""Does the money come? Payment intents, the charges that they make, and what an invoice's payments are."""

from devstack.stripe import cards, faults, listing
from devstack.stripe.account import Account, new_id
from devstack.stripe.parameters import Page
from devstack.stripe.routing import Route, get, retrieve
from devstack.stripe.shapes import Json

PAID, FAILED, NEEDS_ACTION = "paid", "failed", "needs_action"


class Payments(Page, kw_only=True):
    customer: str | None = None


class Charges(Page, kw_only=True):
    customer: str | None = None
    payment_intent: str | None = None


class InvoicePayments(Page, kw_only=True):
    invoice: str | None = None
    status: str | None = None


def ask_for(account: Account, invoice: Json) -> Json:
    """The payment intent of an invoice that was just finalized."""
    clock = invoice["_clock"]
    intent = account.new(
        "payment_intent", "pi_3", clock=clock, amount=invoice["amount_due"], amount_capturable=0, amount_received=0,
        amount_details={"tip": {}}, capture_method="automatic", client_secret=new_id("pi_secret_", 40),
        confirmation_method="automatic", currency=invoice["currency"], customer=invoice["customer"],
        description=invoice["description"], metadata={}, payment_method_options={}, payment_method_types=["card"],
        setup_future_usage="off_session", status="requires_payment_method", receipt_email=invoice["customer_email"],
        _invoice=invoice["id"],
    )  # fmt: skip
    account.new(
        "invoice_payment", "inpay_1", clock=clock, amount_requested=invoice["amount_due"], currency=invoice["currency"],
        invoice=invoice["id"], is_default=True, payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open", status_transitions={"canceled_at": None, "paid_at": None},
    )  # fmt: skip
    account.tell("payment_intent.created", intent)
    return intent


def attempt(account: Account, intent: Json, method: Json, *, authenticated: bool) -> str:
    """Charges the card: PAID, FAILED or NEEDS_ACTION. `authenticated`: the driver has just proved who they are."""
    behaviour = _behaviour(account, method)
    if behaviour == "authenticates" and not authenticated:
        where = f"{account.base}/i/{intent['_invoice']}"
        action = {"type": "redirect_to_url", "redirect_to_url": {"url": where, "return_url": None}}
        changes = {"status": "requires_action", "payment_method": method["id"], "next_action": action}
        account.change(intent, "payment_intent.requires_action", **changes)
        return NEEDS_ACTION
    failure = cards.DECLINES.get(behaviour)
    charge = _charge(account, intent, method, failure)
    if failure:
        error = {
            "type": "card_error", "code": "card_declined", "decline_code": failure[0], "message": failure[1],
            "charge": charge["id"],
        }  # fmt: skip
        changes = {"status": "requires_payment_method", "payment_method": None, "last_payment_error": error}
        account.change(intent, None, **changes, latest_charge=charge["id"], next_action=None)
        account.tell("charge.failed", charge)
        account.tell("payment_intent.payment_failed", intent)
        return FAILED
    if behaviour == "authenticates":
        account.change(method, None, _behaviour="pays")  # proved once, it pays from then on without being asked
    changes = {"status": "succeeded", "payment_method": method["id"], "amount_received": intent["amount"]}
    account.change(intent, None, **changes, latest_charge=charge["id"], next_action=None, last_payment_error=None)
    account.tell("charge.succeeded", charge)
    account.tell("payment_intent.succeeded", intent)
    return PAID


def settle(account: Account, invoice: Json, status: str) -> None:
    """Writes down that the invoice's payment came (`paid`) or is no longer waited for (`canceled`)."""
    now = account.now(invoice["_clock"])
    for payment in account.books.all("invoice_payment", owner=invoice["id"]):
        amount = payment["amount_requested"] if status == "paid" else None
        times = payment["status_transitions"] | {f"{status}_at": now}
        account.change(payment, f"invoice_payment.{status}" if status == "paid" else None, status=status,
                       amount_paid=amount, status_transitions=times)  # fmt: skip


def intent_of(account: Account, invoice: Json) -> Json | None:
    """The payment intent by which the invoice is paid, if there is something to pay."""
    for payment in account.books.all("invoice_payment", owner=invoice["id"]):
        return account.get("payment_intent", payment["payment"]["payment_intent"])
    return None


def _behaviour(account: Account, method: Json) -> str:
    if faults.decline_next(account):
        return "declined"
    forced = (account.books.find(method["customer"] or "") or {}).get("_card")
    return forced or method["_behaviour"]


def _charge(account: Account, intent: Json, method: Json, failure: tuple[str, str] | None) -> Json:
    card = method["card"]
    outcome = {
        "advice_code": None, "network_advice_code": None, "network_decline_code": None,
        "network_status": "declined_by_network" if failure else "approved_by_network",
        "reason": failure[0] if failure else None, "risk_level": "normal", "risk_score": 12,
        "seller_message": "The bank did not return any further details." if failure else "Payment complete.",
        "type": "issuer_declined" if failure else "authorized",
    }  # fmt: skip
    details = {name: card[name] for name in ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint",
                                              "funding", "last4", "wallet")}  # fmt: skip
    return account.new(
        "charge", "ch_3", clock=intent["_clock"], amount=intent["amount"], amount_refunded=0,
        amount_captured=0 if failure else intent["amount"], balance_transaction=None if failure else new_id("txn_3"),
        billing_details=method["billing_details"], captured=not failure, currency=intent["currency"],
        customer=intent["customer"], description=intent["description"], disputed=False,
        failure_code="card_declined" if failure else None, failure_message=failure[1] if failure else None,
        fraud_details={}, metadata={}, outcome=outcome, paid=not failure, payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": "card", "card": details | {"network": card["brand"]}},
        receipt_email=intent["receipt_email"], refunded=False, status="failed" if failure else "succeeded",
    )  # fmt: skip


def list_intents(account: Account, asked: Payments) -> Json:
    return listing.page(account, asked, "payment_intent", "/v1/payment_intents", owner=asked.customer)


def list_charges(account: Account, asked: Charges) -> Json:
    return listing.page(
        account, asked, "charge", "/v1/charges", owner=asked.customer, payment_intent=asked.payment_intent
    )


def list_invoice_payments(account: Account, asked: InvoicePayments) -> Json:
    return listing.page(
        account, asked, "invoice_payment", "/v1/invoice_payments", owner=asked.invoice, status=asked.status
    )


ROUTES: tuple[Route, ...] = (
    retrieve("/v1/payment_intents/{id}", "payment_intent"),
    get("/v1/payment_intents", Payments, list_intents),
    retrieve("/v1/charges/{id}", "charge"),
    get("/v1/charges", Charges, list_charges),
    retrieve("/v1/invoice_payments/{id}", "invoice_payment"),
    get("/v1/invoice_payments", InvoicePayments, list_invoice_payments),
)
