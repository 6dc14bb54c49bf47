output "publication" {
  description = "Name of the publication."
  value       = postgresql_publication.this.name
}

output "subscription" {
  description = "Name of the subscription."
  value       = postgresql_subscription.this.name
}

output "slot_name" {
  description = "Name of the subscription's replication slot at the publisher."
  value       = postgresql_subscription.this.slot_name
}

output "replicated_tables" {
  description = "Replicated tables."
  value       = postgresql_replicated_schema.this.tables
}

output "status" {
  description = "State of the replication on both sides. `initial_sync_done` and `tables` are null if `wait_for_initial_sync` is false."
  value = {
    slot_exists = data.postgresql_replication_status.slot.exists
    # Null, and so never "lost", before PostgreSQL 13.
    slot_lost           = data.postgresql_replication_status.slot.wal_status == "lost"
    subscription_exists = data.postgresql_replication_status.subscription.exists
    enabled             = data.postgresql_replication_status.subscription.enabled
    # During the initial copy, these would differ in the next plan.
    initial_sync_done = var.wait_for_initial_sync ? data.postgresql_replication_status.subscription.initial_sync_done : null
    tables = var.wait_for_initial_sync ? {
      for table in coalesce(data.postgresql_replication_status.subscription.tables, []) :
      "${table.schema}.${table.name}" => table.state
    } : null
  }
}

output "row_counts" {
  description = "Number of rows of each table on both sides, with the time of each count. Empty if `compare_row_counts` is false."
  value = {
    for table, count in postgresql_row_count.publisher.row_counts : table => {
      publisher             = count
      subscriber            = try(postgresql_row_count.subscriber.row_counts[table], null)
      publisher_counted_at  = postgresql_row_count.publisher.counted_at
      subscriber_counted_at = postgresql_row_count.subscriber.counted_at
    }
  }
}
