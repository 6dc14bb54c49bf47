terraform {
  required_version = ">= 1.11.0"

  required_providers {
    postgresql = {
      source                = "aurora-logical-replication/postgresql"
      version               = "~> 0.1"
      configuration_aliases = [postgresql.publisher, postgresql.subscriber]
    }
  }
}
