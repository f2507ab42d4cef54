import pytest
import stripe as sdk
from stand_in import StandIn


async def test_a_dispute_is_opened_answered_and_won(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price(1_000))
    opened = await stripe.control("dispute", of="driver@raceoverlay.example")
    assert (await stripe.v1.charges.retrieve_async(opened["charge"])).disputed
    with pytest.raises(sdk.InvalidRequestError) as refused:
        await stripe.v1.refunds.create_async({"charge": opened["charge"]})
    assert refused.value.code == "charge_disputed"
    answered = await stripe.v1.disputes.update_async(
        opened["id"], {"evidence": {"uncategorized_text": "It was driven."}}
    )
    assert (answered.status, answered.evidence_details.has_evidence) == ("under_review", True)
    await stripe.control("dispute", of=str(bought.customer), action="won")
    assert (await stripe.v1.disputes.retrieve_async(opened["id"])).status == "won"
    told = [one for one in await stripe.types() if one.startswith("charge.dispute.")]
    assert told == [
        "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.updated", "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]  # fmt: skip


async def test_a_dispute_that_is_not_answered_is_lost_for_good(stripe: StandIn):
    bought = await stripe.subscriber(await stripe.price())
    opened = await stripe.control("dispute", of=str(bought.customer))
    assert (await stripe.v1.disputes.close_async(opened["id"])).status == "lost"
    with pytest.raises(sdk.InvalidRequestError):
        await stripe.v1.disputes.update_async(opened["id"], {"evidence": {"uncategorized_text": "late"}})
    listed = await stripe.v1.disputes.list_async({"charge": opened["charge"]})
    assert [one.id for one in listed.data] == [opened["id"]]
