# cluster: or instance:, and the identifier.
terraform import postgresql_rds_logical_replication.shop cluster:shop
