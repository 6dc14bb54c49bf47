# The names of the role and the server, with the name of the database before them if it is not the provider's.
terraform import postgresql_user_mapping.archive PUBLIC.archive
