import type { CtyValue } from "../plugin/cty/value";
import type { Operation } from "./resource";
import { idAttribute, type Schema } from "./schema";
import type { Config, State } from "./values";
import type { Values } from "./validate";

export interface DataSourceOperation<S extends Schema, P> extends Operation<P> {
  readonly config: Config<S>;
}

/** A data source: its schema, and how to read it. */
export interface DataSourceDefinition<S extends Schema, P> {
  readonly typeName: string;
  /** Name of the data source's objects in a diagnostic, as in "Unable to read tables". */
  readonly displayName: string;
  /** {@link defineDataSource} adds the `id` attribute. */
  readonly schema: S;
  identify(values: State<S>): string;
  describe(config: Config<S>): string;
  read(operation: DataSourceOperation<S, P>): Promise<State<S>>;
}

/** A data source for the protocol server: the same operations on untyped values. */
export interface DataSource<P> {
  readonly typeName: string;
  readonly displayName: string;
  readonly schema: Schema;
  describe(config: Values): string;
  read(operation: Operation<P>, config: Values): Promise<Values>;
}

/** Adapts a typed definition to the protocol server, and replaces null with an attribute's default. */
export function defineDataSource<S extends Schema, P>(definition: DataSourceDefinition<S, P>): DataSource<P> {
  const schema: Schema = {
    ...definition.schema,
    attributes: { ...definition.schema.attributes, id: idAttribute },
  };
  return {
    typeName: definition.typeName,
    displayName: definition.displayName,
    schema,
    describe: (config) => definition.describe(config as Config<S>),
    async read(operation, config) {
      const withDefaults = Object.fromEntries(
        Object.entries(config).map(([name, value]) => [name, value ?? defaultOf(schema, name)]),
      );
      const state = await definition.read({ ...operation, config: withDefaults as Config<S> });
      return { ...(state as Values), id: definition.identify(state) };
    },
  };
}

function defaultOf(schema: Schema, name: string): CtyValue {
  return (schema.attributes[name]?.default ?? null) as CtyValue;
}
