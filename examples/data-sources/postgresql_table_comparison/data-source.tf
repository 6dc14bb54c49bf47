locals {
  tables = ["public.orders", "public.customers"]
}

data "postgresql_table_comparison" "publisher" {
  tables = local.tables
}

data "postgresql_table_comparison" "subscriber" {
  provider         = postgresql.subscriber
  tables           = local.tables
  other_row_counts = data.postgresql_table_comparison.publisher.row_counts
}

output "equal" {
  value = data.postgresql_table_comparison.subscriber.equal
}
