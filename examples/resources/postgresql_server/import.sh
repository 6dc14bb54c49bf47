# The server's name, with the name of the database before it if it is not the provider's.
terraform import postgresql_server.archive archive
