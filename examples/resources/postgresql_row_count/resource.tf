locals {
  tables = ["public.orders", "public.customers"]
}

resource "postgresql_row_count" "publisher" {
  tables   = local.tables
  triggers = { version = "1" } # Change it to count again.
}

resource "postgresql_row_count" "subscriber" {
  provider = postgresql.subscriber
  tables   = local.tables
  triggers = postgresql_row_count.publisher.triggers
}

output "row_counts" {
  value = {
    for table in local.tables : table => {
      publisher  = postgresql_row_count.publisher.row_counts[table]
      subscriber = postgresql_row_count.subscriber.row_counts[table]
    }
  }
}
