import type { Resource } from "../framework/resource";
import type { PostgresServer } from "../postgres/server";
import { publication } from "./publication";
import { replicatedSchema } from "./replicated-schema";
import { subscription } from "./subscription";

/** Every resource type of the provider. */
export const resources: readonly Resource<PostgresServer>[] = [
  publication,
  replicatedSchema,
  subscription,
];
