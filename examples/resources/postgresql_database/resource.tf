resource "postgresql_role" "analytics" {
  name = "analytics"
}

resource "postgresql_database" "analytics" {
  name  = "analytics"
  owner = postgresql_role.analytics.name
}
