-- What can be bought, who bought it, what came of it: the plans' prices, Stripe's customers, every payment once.
ALTER TABLE plans
    ADD COLUMN summary   text NOT NULL DEFAULT '',
    ADD COLUMN at_expiry text REFERENCES plans;

UPDATE plans SET summary = 'Every overlay, on two devices.' WHERE id = 'free';
INSERT INTO plans (id, name, max_devices, offline_days, entitlements, channels, position, summary, at_expiry) VALUES
    ('pro', 'Pro', 5, 7, '{widgets,maps.unlimited,history,channel.beta}', '{stable,beta}', 2,
     'Every map, on five devices.', 'free'),
    ('team', 'Team', 15, 7, '{widgets,maps.unlimited,history,channel.beta}', '{stable,beta}', 3,
     'Pro for a team: fifteen devices.', 'free');

CREATE TABLE plan_prices (
    plan            text NOT NULL REFERENCES plans,
    interval        text NOT NULL CHECK (interval IN ('month', 'year')),
    lookup_key      text NOT NULL UNIQUE,
    stripe_price_id text,                          -- found at Stripe by the lookup key, and remembered
    amount          bigint NOT NULL CHECK (amount > 0),
    currency        text NOT NULL,
    trial_days      integer NOT NULL DEFAULT 0 CHECK (trial_days >= 0),
    PRIMARY KEY (plan, interval)
);
INSERT INTO plan_prices (plan, interval, lookup_key, amount, currency, trial_days) VALUES
    ('pro', 'month', 'pro_month', 599, 'usd', 14),
    ('pro', 'year', 'pro_year', 5900, 'usd', 14),
    ('team', 'month', 'team_month', 1999, 'usd', 14),
    ('team', 'year', 'team_year', 19900, 'usd', 14);

-- How an account stands, as judged last: status answers and leases are made of this. A licence is judged again when
-- something happened to it, and at reconsider_at. After a downgrade more devices may be active than the plan has seats.
ALTER TABLE licenses DROP CONSTRAINT IF EXISTS within_the_limit;
ALTER TABLE licenses
    ADD COLUMN is_valid            boolean NOT NULL DEFAULT true,
    ADD COLUMN code                text NOT NULL DEFAULT 'valid',
    ADD COLUMN entitlements        text[],         -- NULL: those of the plan
    ADD COLUMN subscription_status text,
    ADD COLUMN renews_at           timestamptz,
    ADD COLUMN grace_until         timestamptz,
    ADD COLUMN reconsider_at       timestamptz;
CREATE INDEX licenses_reconsider_at ON licenses (reconsider_at) WHERE reconsider_at IS NOT NULL;

-- One Stripe customer for each account. The row of an account that was erased goes; Stripe's id stays in the ledger.
CREATE TABLE customers (
    id            text PRIMARY KEY,
    user_id       uuid NOT NULL UNIQUE,
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- What Stripe said when the subscription was looked at last. The columns `is_…` are our reading of it.
ALTER TABLE subscriptions
    ADD COLUMN interval          text,
    ADD COLUMN started_at        timestamptz,
    ADD COLUMN ended_at          timestamptz,
    ADD COLUMN trial_end         timestamptz,
    ADD COLUMN ends_at           timestamptz,      -- it has been cancelled, and holds until then
    ADD COLUMN first_failed_at   timestamptz,
    ADD COLUMN last_paid_at      timestamptz,
    ADD COLUMN is_paused         boolean NOT NULL DEFAULT false,
    ADD COLUMN is_refunded       boolean NOT NULL DEFAULT false,
    ADD COLUMN is_disputed       boolean NOT NULL DEFAULT false,
    ADD COLUMN looked_at         timestamptz;
CREATE INDEX subscriptions_customer ON subscriptions (stripe_customer_id);

-- What an administrator did to a licence; the newest entry is in force. Only ever added to.
CREATE TABLE admin_acts (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    act     text NOT NULL CHECK (act IN ('grant', 'revoke')),
    plan    text REFERENCES plans,
    until   timestamptz,
    reason  text,
    by_user uuid                                   -- NULL: an operator, from a shell
);
CREATE INDEX admin_acts_user_id ON admin_acts (user_id, id DESC);

CREATE FUNCTION admin_acts_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Erasing a person takes away the words that may tell of them; that something was done stays.
    IF TG_OP = 'UPDATE' AND NEW.reason IS NULL
       AND current_setting('raceoverlay.erasing', true) = OLD.user_id::text
       AND (NEW.id, NEW.user_id, NEW.at, NEW.act, NEW.plan, NEW.until, NEW.by_user) IS NOT DISTINCT FROM
           (OLD.id, OLD.user_id, OLD.at, OLD.act, OLD.plan, OLD.until, OLD.by_user)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what administrators did is only ever added to';
END
$$;
CREATE TRIGGER admin_acts_are_append_only BEFORE UPDATE OR DELETE ON admin_acts
    FOR EACH ROW EXECUTE FUNCTION admin_acts_are_append_only();

-- Every movement of money once: a payment by its invoice, a failure by invoice and attempt, a refund by itself.
CREATE TABLE ledger (
    kind            text NOT NULL CHECK (kind IN ('payment', 'failure', 'refund', 'chargeback', 'chargeback_won')),
    stripe_id       text NOT NULL,
    user_id         uuid,                          -- NULL: the account was erased
    customer_id     text NOT NULL,
    subscription_id text,
    invoice_id      text,
    plan            text,
    amount          bigint NOT NULL,
    currency        text NOT NULL,
    happened_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, stripe_id)
);
CREATE INDEX ledger_user_id ON ledger (user_id);
CREATE INDEX ledger_customer_id ON ledger (customer_id);

-- What somebody wanted to buy: the operation whose id makes Stripe answer a repetition with the same session.
CREATE TABLE checkouts (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL,
    plan            text NOT NULL,
    interval        text NOT NULL,
    idempotency_key text,
    trial_days      integer NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    session_id      text UNIQUE,
    url             text,
    expires_at      timestamptz,
    over_at         timestamptz,                   -- paid, expired, or another one took its place
    UNIQUE (user_id, idempotency_key)
);
CREATE INDEX checkouts_open ON checkouts (user_id) WHERE over_at IS NULL;

-- Reasons to look at Stripe: a webhook that arrived, an account that was erased. An errand is done when its customer has
-- been looked at after it came.
CREATE TABLE errands (
    id         text PRIMARY KEY,                   -- of a webhook, Stripe's id of the event
    kind       text NOT NULL,
    customer   text,
    charge     text,                               -- where Stripe names no customer, the way to one
    came_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    tries      integer NOT NULL DEFAULT 0,
    trouble    text,
    done_at    timestamptz,
    dead_at    timestamptz
);
CREATE INDEX errands_due_at ON errands (due_at) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX errands_customer ON errands (customer) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX errands_dead ON errands (dead_at) WHERE dead_at IS NOT NULL;
CREATE INDEX errands_done_at ON errands (done_at) WHERE done_at IS NOT NULL;

-- When what is done once a night was done last, by whichever replica.
CREATE TABLE nightly (
    task    text PRIMARY KEY,
    done_at timestamptz NOT NULL
);
