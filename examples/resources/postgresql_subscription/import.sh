# The database and the subscription.
terraform import postgresql_subscription.orders shop.orders
