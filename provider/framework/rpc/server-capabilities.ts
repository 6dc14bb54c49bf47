import type { ServerCapabilities } from "../../plugin/generated/tfplugin6";

/**
 * What the provider announces to Terraform.
 *
 * `planDestroy` is false, so Terraform plans a destroy without calling PlanResourceChange. No resource has anything to add
 * to such a plan: `delete` does every check, with the server's facts of that moment, and a destroy can be planned while
 * the server is unreachable.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
 */
export const SERVER_CAPABILITIES: ServerCapabilities = {
  planDestroy: false,
  getProviderSchemaOptional: true,
};
