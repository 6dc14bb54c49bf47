import type { ConfiguredProvider } from "../../configured-provider";
import { resourceOfPart } from "../../framework/provider-part";
import { defineResource, type Resource, type ResourceDefinition } from "../../framework/resource";
import type { Schema } from "../../framework/schema";
import type { PostgresServer } from "../../postgres/server";
import { followingRenames } from "./renamed-database";

/**
 * Defines a resource type of PostgreSQL objects: its operations receive the configured server. An object with a
 * `database` attribute follows a rename of its database.
 */
export function define<S extends Schema>(
  definition: ResourceDefinition<S, PostgresServer>,
): Resource<ConfiguredProvider> {
  const resource = resourceOfPart(defineResource(definition), ({ server }: ConfiguredProvider) => server);
  return "database" in definition.schema.attributes ? followingRenames(resource) : resource;
}
