# The role's name.
terraform import postgresql_role.replication replication
