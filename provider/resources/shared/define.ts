import { defineResource, type Resource, type ResourceDefinition } from "../../framework/resource";
import type { Schema } from "../../framework/schema";
import type { PostgresServer } from "../../postgres/server";
import { followingRenames } from "./renamed-database";

/**
 * Defines a resource type of this provider: one whose operations get the configured server. One with a `database` is of
 * objects that are in one.
 */
export function define<S extends Schema>(
  definition: ResourceDefinition<S, PostgresServer>,
): Resource<PostgresServer> {
  const resource = defineResource(definition);
  return "database" in definition.schema.attributes ? followingRenames(resource) : resource;
}
