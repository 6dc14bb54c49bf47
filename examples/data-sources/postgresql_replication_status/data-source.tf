data "postgresql_replication_status" "orders" {
  provider     = postgresql.subscriber
  subscription = "orders"
}

# A warning when the subscription is gone or has stopped; a postcondition would make it an error.
check "replication" {
  assert {
    condition     = data.postgresql_replication_status.orders.exists
    error_message = "The subscription orders does not exist."
  }
  assert {
    condition     = coalesce(data.postgresql_replication_status.orders.enabled, false)
    error_message = "The subscription orders is disabled."
  }
}

output "initial_sync_done" {
  value = data.postgresql_replication_status.orders.initial_sync_done
}
