# Where the definitions come from, as JSON: it cannot be read back. A password in the connection string would be kept in the state.
terraform import postgresql_replicated_schema.orders '{"database": "shop", "conninfo": "host=publisher.example.com dbname=shop user=replication connect_timeout=10", "publications": ["orders"]}'
