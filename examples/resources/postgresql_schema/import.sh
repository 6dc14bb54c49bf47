# The database and the schema.
terraform import postgresql_schema.sales shop.sales
