# The database and the extension.
terraform import postgresql_extension.citext shop.citext
