# For a consumer that is no subscription. Until it reads from the slot, the server keeps all WAL.
resource "postgresql_replication_slot" "search_index" {
  name   = "search_index"
  plugin = "pgoutput"
}
