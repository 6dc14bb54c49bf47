resource "postgresql_publication" "orders" {
  name   = "orders"
  tables = ["public.orders", "public.customers"]
}
