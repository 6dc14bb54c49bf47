import type { DataSource } from "./data-source";
import type { Resource } from "./resource";
import type { Schema } from "./schema";
import type { Config } from "./values";

/** A provider: the schema of its block, its resource types and its data sources. */
export interface ProviderDefinition<S extends Schema, P> {
  readonly schema: S;
  readonly resources: readonly Resource<P>[];
  readonly dataSources: readonly DataSource<P>[];
  /** Configures the provider for the operations. Called only with a wholly known configuration; does not connect. */
  configure(config: Config<S>, terraformVersion: string): P;
  /** Closes the connections before the process ends. */
  close(provider: P): Promise<void>;
}
