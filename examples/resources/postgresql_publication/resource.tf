resource "postgresql_publication" "orders" {
  name   = "orders"
  tables = ["public.orders", "public.customers"]
}

# Some of the columns and rows of a table. This needs PostgreSQL 15 or later.
resource "postgresql_publication" "recent_orders" {
  name = "recent_orders"

  table {
    name    = "public.orders"
    columns = ["id", "customer"]
    where   = "id > 1000"
  }
}
