terraform {
  required_version = ">= 1.11.0"
  required_providers {
    postgresql = {
      source  = "aurora-logical-replication/postgresql"
      version = "~> 0.1"
    }
  }
}

# Ephemeral values are in no state and no plan. Set them in the environment, as TF_VAR_publisher_password.
variable "publisher_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "subscriber_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

provider "postgresql" {
  host     = "publisher.example.com"
  database = "shop"
  username = "postgres"
  password = var.publisher_password
}

# What is at the subscriber says so: provider = postgresql.subscriber
provider "postgresql" {
  alias    = "subscriber"
  host     = "subscriber.example.com"
  database = "shop"
  username = "postgres"
  password = var.subscriber_password
}
