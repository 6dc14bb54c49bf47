import { defineResource, type Resource, type ResourceDefinition } from "../../framework/resource";
import type { Schema } from "../../framework/schema";
import type { PostgresServer } from "../../postgres/server";

/** Defines a resource type of this provider: one whose operations get the configured server. */
export function define<S extends Schema>(
  definition: ResourceDefinition<S, PostgresServer>,
): Resource<PostgresServer> {
  return defineResource(definition);
}
