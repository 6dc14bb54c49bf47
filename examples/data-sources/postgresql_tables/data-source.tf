data "postgresql_tables" "public" {
  database    = "shop"
  schemas     = ["public"]
  table_types = ["BASE TABLE"]
}

output "tables" {
  value = [for table in data.postgresql_tables.public.tables : "${table.schema_name}.${table.object_name}"]
}
