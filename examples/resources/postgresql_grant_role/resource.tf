resource "postgresql_role" "reporting" {
  name = "reporting"
}

resource "postgresql_role" "anna" {
  name  = "anna"
  login = true
}

resource "postgresql_grant_role" "anna_reporting" {
  role       = postgresql_role.anna.name
  grant_role = postgresql_role.reporting.name
}
