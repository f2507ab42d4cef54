DROP TABLE nightly, errands, checkouts, ledger, admin_acts, customers, plan_prices;
DROP FUNCTION admin_acts_are_append_only();
DROP INDEX subscriptions_customer;
ALTER TABLE subscriptions
    DROP COLUMN interval, DROP COLUMN started_at, DROP COLUMN ended_at, DROP COLUMN trial_end, DROP COLUMN ends_at,
    DROP COLUMN first_failed_at, DROP COLUMN last_paid_at, DROP COLUMN is_paused, DROP COLUMN is_refunded,
    DROP COLUMN is_disputed, DROP COLUMN looked_at;
UPDATE licenses SET plan_type = 'free', max_devices = greatest(active_devices, 2);
ALTER TABLE licenses
    DROP COLUMN is_valid, DROP COLUMN code, DROP COLUMN entitlements, DROP COLUMN subscription_status,
    DROP COLUMN renews_at, DROP COLUMN grace_until, DROP COLUMN reconsider_at,
    ADD CONSTRAINT within_the_limit CHECK (active_devices <= max_devices);
DELETE FROM subscriptions WHERE plan <> 'free';
DELETE FROM plans WHERE id IN ('pro', 'team');
ALTER TABLE plans DROP COLUMN summary, DROP COLUMN at_expiry;
