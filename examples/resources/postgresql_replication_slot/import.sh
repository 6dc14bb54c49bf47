# The database and the slot.
terraform import postgresql_replication_slot.search_index shop.search_index
