DROP TABLE devices, licenses, subscriptions, plans;
