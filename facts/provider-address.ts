/** Source of the provider as `required_providers` names it: namespace and type. */
export const PROVIDER_SOURCE = "aurora-logical-replication/postgresql";

/**
 * Full address of the provider, as state, lock files and plugin folders name it.
 *
 * @see https://developer.hashicorp.com/terraform/language/providers/requirements#source-addresses
 */
export const PROVIDER_ADDRESS = `registry.terraform.io/${PROVIDER_SOURCE}`;
