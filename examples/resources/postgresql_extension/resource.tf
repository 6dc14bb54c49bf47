resource "postgresql_extension" "citext" {
  name     = "citext"
  database = "shop"
}
