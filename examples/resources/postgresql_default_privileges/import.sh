# The entry's role, database, owner, object type and schema, as JSON.
terraform import postgresql_default_privileges.reader '{"role": "replication", "database": "shop", "owner": "postgres", "object_type": "table", "schema": "public"}'
