# The database and the publication.
terraform import postgresql_publication.orders shop.orders
