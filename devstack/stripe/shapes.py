"""Which fields does each of Stripe's objects have, of what kind, and which of them may be null?

A field is written name:kind, with kind one of b (boolean), i (integer), n (number), s (text, also the id of another
object), o (object), l (list), and a `?` where Stripe may answer null. The names are those of API version
2026-10-28.endive. Every object that the stand-in answers is made by `shaped`, so that none lacks a field.
"""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_KINDS: dict[str, tuple[type, ...]] = {
    "b": (bool,),
    "i": (int,),
    "n": (int, float),
    "s": (str,),
    "o": (dict,),
    "l": (list,),
}

_FIELDS = {
    "billing_portal.session": """
        configuration:s created:i customer:s customer_account:s? flow:o? id:s livemode:b locale:s? object:s
        on_behalf_of:s? return_url:s? url:s
    """,
    "charge": """
        amount:i amount_captured:i amount_refunded:i application:s? application_fee:s? application_fee_amount:i?
        balance_transaction:s? billing_details:o calculated_statement_descriptor:s? captured:b created:i currency:s
        customer:s? description:s? disputed:b failure_balance_transaction:s? failure_code:s? failure_message:s?
        fraud_details:o? id:s livemode:b metadata:o object:s on_behalf_of:s? outcome:o? paid:b payment_intent:s?
        payment_method:s? payment_method_details:o? receipt_email:s? receipt_number:s? receipt_url:s? refunded:b
        refunds:o? review:s? shipping:o? source:o? source_transfer:s? statement_descriptor:s?
        statement_descriptor_suffix:s? status:s transfer_data:o? transfer_group:s?
    """,
    "checkout.session": """
        adaptive_pricing:o? after_expiration:o? allow_promotion_codes:b? amount_subtotal:i? amount_total:i?
        automatic_tax:o billing_address_collection:s? cancel_url:s? client_reference_id:s? client_secret:s?
        collected_information:o? consent:o? consent_collection:o? created:i currency:s? currency_conversion:o?
        custom_fields:l custom_text:o customer:s? customer_account:s? customer_creation:s? customer_details:o?
        customer_email:s? discounts:l? expires_at:i id:s integration_identifier:s? invoice:s? invoice_creation:o?
        livemode:b locale:s? managed_payments:o? metadata:o? mode:s object:s origin_context:s? payment_intent:s?
        payment_link:s? payment_method_collection:s? payment_method_configuration_details:o? payment_method_options:o?
        payment_method_types:l payment_status:s permissions:o? phone_number_collection:o? recovered_from:s?
        saved_payment_method_options:o? setup_intent:s? shipping_address_collection:o? shipping_cost:o?
        shipping_options:l status:s? submit_type:s? subscription:s? success_url:s? total_details:o? ui_mode:s? url:s?
        wallet_options:o?
    """,
    "coupon": """
        amount_off:i? created:i currency:s? duration:s duration_in_months:i? id:s livemode:b max_redemptions:i?
        metadata:o? name:s? object:s percent_off:n? redeem_by:i? times_redeemed:i valid:b
    """,
    "customer": """
        address:o? balance:i? created:i currency:s? default_source:s? delinquent:b? description:s? discount:o?
        email:s? id:s invoice_prefix:s? invoice_settings:o? livemode:b metadata:o? name:s? next_invoice_sequence:i?
        object:s phone:s? preferred_locales:l? shipping:o? tax_exempt:s? test_clock:s?
    """,
    "discount": """
        checkout_session:s? customer:s? customer_account:s? end:i? id:s invoice:s? invoice_item:s? object:s
        promotion_code:s? source:o start:i subscription:s? subscription_item:s?
    """,
    "dispute": """
        amount:i balance_transactions:l charge:s created:i currency:s enhanced_eligibility_types:l evidence:o
        evidence_details:o id:s is_charge_refundable:b livemode:b metadata:o object:s payment_intent:s?
        payment_method_details:o? reason:s status:s
    """,
    "event": """
        api_version:s? created:i data:o id:s livemode:b object:s pending_webhooks:i request:o? type:s
    """,
    "invoice": """
        account_country:s? account_name:s? account_tax_ids:l? amount_due:i amount_overpaid:i amount_paid:i
        amount_remaining:i amount_shipping:i application:s? attempt_count:i attempted:b auto_advance:b?
        automatic_tax:o automatically_finalizes_at:i? billing_reason:s? collection_method:s created:i currency:s
        custom_fields:l? customer:s? customer_account:s? customer_address:o? customer_email:s? customer_name:s?
        customer_phone:s? customer_shipping:o? customer_tax_exempt:s? customer_tax_ids:l? default_payment_method:s?
        default_source:s? default_tax_rates:l description:s? discounts:l due_date:i? effective_at:i? ending_balance:i?
        footer:s? from_invoice:o? hosted_invoice_url:s? id:s invoice_pdf:s? issuer:o last_finalization_error:o?
        latest_revision:s? lines:o livemode:b metadata:o? next_payment_attempt:i? number:s? object:s on_behalf_of:s?
        parent:o? payment_settings:o period_end:i period_start:i post_payment_credit_notes_amount:i
        pre_payment_credit_notes_amount:i receipt_number:s? rendering:o? shipping_cost:o? shipping_details:o?
        starting_balance:i statement_descriptor:s? status:s? status_transitions:o subtotal:i subtotal_excluding_tax:i?
        test_clock:s? total:i total_discount_amounts:l? total_excluding_tax:i? total_pretax_credit_amounts:l?
        total_taxes:l? webhooks_delivered_at:i?
    """,
    "invoice_payment": """
        amount_paid:i? amount_requested:i created:i currency:s id:s invoice:s is_default:b livemode:b object:s
        payment:o status:s status_transitions:o
    """,
    "item": """
        adjustable_quantity:o? amount_discount:i amount_subtotal:i amount_tax:i amount_total:i currency:s
        description:s? id:s metadata:o? object:s price:o? quantity:i?
    """,
    "line_item": """
        amount:i currency:s description:s? discount_amounts:l? discountable:b discounts:l id:s invoice:s? livemode:b
        metadata:o object:s parent:o? period:o pretax_credit_amounts:l? pricing:o? quantity:i? quantity_decimal:s?
        subscription:s? subtotal:i taxes:l?
    """,
    "payment_intent": """
        amount:i amount_capturable:i amount_details:o? amount_received:i application:s? application_fee_amount:i?
        automatic_payment_methods:o? canceled_at:i? cancellation_reason:s? capture_method:s client_secret:s?
        confirmation_method:s created:i currency:s customer:s? customer_account:s? description:s?
        excluded_payment_method_types:l? id:s last_payment_error:o? latest_charge:s? livemode:b managed_payments:o?
        metadata:o next_action:o? object:s on_behalf_of:s? payment_method:s? payment_method_configuration_details:o?
        payment_method_options:o? payment_method_types:l processing:o? receipt_email:s? review:s?
        setup_future_usage:s? shipping:o? source:s? statement_descriptor:s? statement_descriptor_suffix:s? status:s
        transfer_data:o? transfer_group:s?
    """,
    "payment_method": """
        allow_redisplay:s? billing_details:o card:o? created:i customer:s? customer_account:s? id:s livemode:b
        metadata:o? object:s type:s
    """,
    "price": """
        active:b billing_scheme:s created:i currency:s custom_unit_amount:o? id:s livemode:b lookup_key:s? metadata:o
        nickname:s? object:s product:s recurring:o? tax_behavior:s? tiers_mode:s? transform_quantity:o? type:s
        unit_amount:i? unit_amount_decimal:s?
    """,
    "product": """
        active:b created:i default_price:s? description:s? id:s images:l livemode:b marketing_features:l metadata:o
        name:s object:s package_dimensions:o? shippable:b? statement_descriptor:s? tax_code:s? type:s unit_label:s?
        updated:i url:s?
    """,
    "promotion_code": """
        active:b code:s created:i customer:s? customer_account:s? expires_at:i? id:s livemode:b max_redemptions:i?
        metadata:o? object:s promotion:o restrictions:o times_redeemed:i
    """,
    "refund": """
        amount:i balance_transaction:s? charge:s? created:i currency:s customer:s? customer_account:s?
        destination_details:o? id:s metadata:o? object:s payment_intent:s? payment_method:s? reason:s?
        receipt_number:s? source_transfer_reversal:s? status:s? transfer_reversal:s?
    """,
    "subscription": """
        application:s? application_fee_percent:n? automatic_tax:o billing_cycle_anchor:i
        billing_cycle_anchor_config:o? billing_mode:o billing_schedules:l billing_thresholds:o? cancel_at:i?
        cancel_at_period_end:b canceled_at:i? cancellation_details:o? collection_method:s created:i currency:s
        customer:s customer_account:s? days_until_due:i? default_payment_method:s? default_source:s?
        default_tax_rates:l? description:s? discounts:l ended_at:i? id:s invoice_settings:o items:o latest_invoice:s?
        livemode:b managed_payments:o? metadata:o next_pending_invoice_item_invoice:i? object:s on_behalf_of:s?
        pause_collection:o? payment_settings:o? pending_invoice_item_interval:o? pending_setup_intent:s?
        pending_update:o? schedule:s? start_date:i status:s test_clock:s? transfer_data:o? trial_end:i?
        trial_settings:o? trial_start:i?
    """,
    "subscription_item": """
        billing_thresholds:o? created:i current_period_end:i current_period_start:i discounts:l id:s metadata:o
        object:s plan:o price:o quantity:i? subscription:s tax_rates:l?
    """,
    "test_helpers.test_clock": """
        created:i deletes_after:i frozen_time:i id:s livemode:b name:s? object:s status:s status_details:o
    """,
    "webhook_endpoint": """
        api_version:s? application:s? created:i description:s? enabled_events:l id:s livemode:b metadata:o object:s
        status:s url:s
    """,
}


@dataclass(frozen=True)
class Field:
    """What is promised of one field."""

    name: str
    kinds: tuple[type, ...]
    nullable: bool

    def allows(self, value: object) -> bool:
        """Whether `value` is of this kind. An id may be expanded to its object, which its own shape speaks of."""
        if value is None:
            return self.nullable
        if isinstance(value, bool):
            return bool in self.kinds
        return isinstance(value, self.kinds) or (str in self.kinds and isinstance(value, dict) and "object" in value)


def _read(words: str) -> dict[str, Field]:
    fields = {}
    for word in words.split():
        name, _, kind = word.partition(":")
        fields[name] = Field(name, _KINDS[kind[0]], kind.endswith("?"))
    return fields


SHAPES: dict[str, dict[str, Field]] = {kind: _read(words) for kind, words in _FIELDS.items()}


def shaped(kind: str, **given: Any) -> Json:
    """An object of `kind` with every field it has: those not given are null. LookupError for a field it lacks.

    Names that begin with `_` are ours; they are kept with the object and never answered.
    """
    fields = SHAPES[kind]
    if strange := [name for name in given if name not in fields and not name.startswith("_")]:
        raise LookupError(f"{kind} has no field {', '.join(strange)}")
    return (
        {**dict.fromkeys(fields), "object": kind, "livemode": False} | given
        if "livemode" in fields
        else {
            **dict.fromkeys(fields),
            "object": kind,
        }
        | given
    )


def public(thing: Any) -> Any:
    """A copy without what is ours alone, at any depth."""
    if isinstance(thing, dict):
        return {name: public(value) for name, value in thing.items() if not name.startswith("_")}
    return [public(value) for value in thing] if isinstance(thing, list) else thing


def complaints(thing: Any, where: str = "") -> list[str]:
    """What of `thing`, an answer, breaks the promise; also inside lists and expanded objects."""
    if isinstance(thing, list):
        return [found for value in thing for found in complaints(value, where)]
    if not isinstance(thing, dict):
        return []
    kind = thing.get("object")
    found = []
    if not thing.get("deleted") and isinstance(kind, str) and kind in SHAPES:
        where, fields = f"{where}/{kind}", SHAPES[kind]
        found += [f"{where} lacks {name}" for name in fields if name not in thing]
        found += [
            f"{where}.{name} is {thing[name]!r}"
            for name, field in fields.items()
            if name in thing and not field.allows(thing[name])
        ]
        found += [f"{where} has {name}" for name in thing if name not in fields and name not in MORE.get(kind, ())]
    return found + [one for value in thing.values() for one in complaints(value, where)]


MORE: dict[str, tuple[str, ...]] = {
    "checkout.session": ("line_items",),
    "customer": ("subscriptions",),
    "invoice": ("payments",),
    "webhook_endpoint": ("secret",),
}
"""What is only there when it is asked for, or only once."""
