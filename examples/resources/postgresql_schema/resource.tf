resource "postgresql_role" "reader" {
  name = "reader"
}

resource "postgresql_schema" "sales" {
  name     = "sales"
  database = "shop"

  policy {
    role  = postgresql_role.reader.name
    usage = true
  }
}
