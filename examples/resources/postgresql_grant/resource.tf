# What the first copy of these tables needs.
resource "postgresql_grant" "replication" {
  role        = "replication"
  database    = "shop"
  schema      = "public"
  object_type = "table"
  objects     = ["orders", "customers"]
  privileges  = ["SELECT"]
}
