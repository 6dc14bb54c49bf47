data "postgresql_replication_status" "orders" {
  provider     = postgresql.subscriber
  subscription = "orders"
}

output "initial_sync_done" {
  value = data.postgresql_replication_status.orders.initial_sync_done
}
