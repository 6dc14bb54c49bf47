# What the grant is about, as JSON.
terraform import postgresql_grant.replication '{"role": "replication", "database": "shop", "schema": "public", "object_type": "table", "objects": ["orders", "customers"]}'
