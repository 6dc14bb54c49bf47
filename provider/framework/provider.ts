import type { DataSource } from "./data-source";
import type { Resource } from "./resource";
import type { Schema } from "./schema";
import type { Config } from "./values";

/** A whole provider: its own configuration, and the types it has. */
export interface ProviderDefinition<S extends Schema, P> {
  readonly schema: S;
  readonly resources: readonly Resource<P>[];
  readonly dataSources: readonly DataSource<P>[];
  /** Makes what the operations work with. Called with a wholly known configuration only; connects to nothing. */
  configure(config: Config<S>, terraformVersion: string): P;
  /** Lets go of connections before the process ends. */
  close(provider: P): Promise<void>;
}
