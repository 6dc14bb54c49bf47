resource "postgresql_initial_sync" "orders" {
  provider     = postgresql.subscriber
  subscription = "orders"

  timeouts {
    create = "2h"
  }
}
