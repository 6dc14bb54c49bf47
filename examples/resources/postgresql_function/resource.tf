resource "postgresql_function" "increment" {
  name     = "increment"
  language = "sql"
  returns  = "integer"
  body     = "SELECT value + step"

  arg {
    name = "value"
    type = "integer"
  }

  arg {
    name    = "step"
    type    = "integer"
    default = "1"
  }
}
