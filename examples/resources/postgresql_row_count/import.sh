# The database and the tables, as JSON. The next apply counts the rows.
terraform import postgresql_row_count.publisher '{"database": "shop", "tables": ["public.orders", "public.customers"]}'
