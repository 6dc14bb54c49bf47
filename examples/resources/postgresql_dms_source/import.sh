# The database and the schema of DMS's objects.
terraform import postgresql_dms_source.shop shop.public
