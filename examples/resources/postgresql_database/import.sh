# The database's name.
terraform import postgresql_database.analytics analytics
