data "postgresql_sequences" "public" {
  database = "shop"
  schemas  = ["public"]
}

output "sequences" {
  value = data.postgresql_sequences.public.sequences[*].object_name
}
