data "postgresql_schemas" "sales" {
  database          = "shop"
  like_any_patterns = ["sales%"]
}

output "schemas" {
  value = data.postgresql_schemas.sales.schemas
}
