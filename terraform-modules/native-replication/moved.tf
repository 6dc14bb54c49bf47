# Former addresses: this module used to be generated, with a hash in each resource name.

moved {
  from = postgresql_role.replication_role_2F55DB16
  to   = postgresql_role.replication
}

moved {
  from = postgresql_grant.replication_role_database_C2DD6D00
  to   = postgresql_grant.database
}

moved {
  from = postgresql_grant.replication_role_schemas_195EF0B5
  to   = postgresql_grant.schemas
}

moved {
  from = postgresql_grant.replication_role_tables_F70BA8FC
  to   = postgresql_grant.tables
}

moved {
  from = postgresql_publication.replication_publication_CC2EF0A4
  to   = postgresql_publication.this
}

moved {
  from = postgresql_replicated_schema.replication_schema_DE37F33E
  to   = postgresql_replicated_schema.this
}

moved {
  from = postgresql_subscription.replication_subscription_4B4E7441
  to   = postgresql_subscription.this
}

moved {
  from = postgresql_initial_sync.replication_initial_sync_1C289A70
  to   = postgresql_initial_sync.this
}

moved {
  from = postgresql_row_count.check_publisher_rows_29E3551E
  to   = postgresql_row_count.publisher
}

moved {
  from = postgresql_row_count.check_subscriber_rows_6B44BCF0
  to   = postgresql_row_count.subscriber
}
