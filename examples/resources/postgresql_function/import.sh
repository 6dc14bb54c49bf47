# The database, the schema, the name, and the types of the input arguments.
terraform import postgresql_function.increment 'shop.public.increment(integer, integer)'
