# The database and the subscription.
terraform import postgresql_initial_sync.orders shop.orders
