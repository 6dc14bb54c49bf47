import { type CtyValue, isRecord, isWhollyKnown, unknown } from "../plugin/cty/value";
import type { AttributePath, Diagnostics } from "./diagnostics";
import { keepSpelling, planValues, reconcile, replacements } from "./plan";
import { idAttribute, type Schema } from "./schema";
import { TIMEOUTS_BLOCK } from "./timeouts";
import type { Config, Planned, State, StateName, View } from "./values";
import type { Values } from "./validate";

/** What every operation of a resource receives. */
export interface Operation<P> {
  readonly provider: P;
  /** Aborted when Terraform is interrupted, and when the operation's time limit expires. */
  readonly signal: AbortSignal;
  /** Adds a warning, attached to the attribute or block at `path` if it is given. */
  readonly warn: (summary: string, detail: string, path?: AttributePath) => void;
}

/** What `modifyPlan` receives. It may query the server, add diagnostics and adjust the plan, but change nothing. */
export interface PlanOperation<S extends Schema, P> {
  readonly typeName: string;
  /** Null while the provider's configuration depends on values that are known only after apply. */
  readonly provider: P | null;
  readonly signal: AbortSignal;
  readonly diagnostics: Diagnostics;
  /** Null for a create. */
  readonly prior: State<S> | null;
  readonly config: View<S>;
  /** The current plan, including the changes made by `set` and `setUnknown`. */
  readonly plan: View<S>;
  /** Whether the `timeouts` block changes, which is an update even if nothing else changes. */
  readonly changesTimeouts: boolean;
  set<N extends StateName<S>>(name: N, value: State<S>[N]): void;
  /** Marks an attribute as known only after apply. */
  setUnknown(name: StateName<S>): void;
  requireReplace(name: StateName<S>): void;
  /** Whether this process has seen an object with this ID in a state, so that Terraform manages it already. */
  isManaged(id: string): boolean;
  /**
   * Whether the configuration set the attribute in the last apply. False right after an import or a migration.
   */
  readonly wasConfigured: (name: StateName<S>) => boolean;
}

export interface CreateOperation<S extends Schema, P> extends Operation<P> {
  readonly planned: Planned<S>;
  /** The configuration. Only it has the write-only values. */
  readonly config: Config<S>;
  /**
   * Saves the state to store if the operation fails later. Null means that the operation has removed the new object again,
   * so Terraform stores nothing.
   */
  saveState(state: State<S> | null): void;
}

export interface UpdateOperation<S extends Schema, P> extends CreateOperation<S, P> {
  readonly prior: State<S>;
}

export interface StateOperation<S extends Schema, P> extends Operation<P> {
  /** Right after an import, only the values of `importState` are set; all others are null. */
  readonly state: State<S>;
}

export interface DeleteOperation<S extends Schema, P> extends StateOperation<S, P> {
  saveState(state: State<S>): void;
}

/** A resource type: its schema and its operations. */
export interface ResourceDefinition<S extends Schema, P> {
  /** `postgresql_publication` */
  readonly typeName: string;
  /** Name of the type in a diagnostic, as in "Unable to create publication". */
  readonly displayName: string;
  /** The framework adds the `id` attribute and the `timeouts` block. */
  readonly schema: S;
  /** The ID; undefined while one of its parts is unknown. */
  identify(values: View<S>): string | undefined;
  /** Name of the object in a diagnostic: `publication "p" in database "d"`. */
  describe(values: View<S>): string;
  /** Checks that the schema cannot express. Must not query a server. */
  validate?(config: View<S>, diagnostics: Diagnostics): void;
  modifyPlan?(operation: PlanOperation<S, P>): Promise<void> | void;
  /** Creates the object and returns its state. */
  create(operation: CreateOperation<S, P>): Promise<State<S>>;
  /** Reads the object; null if it does not exist. */
  read(operation: StateOperation<S, P>): Promise<State<S> | null>;
  update(operation: UpdateOperation<S, P>): Promise<State<S>>;
  /** Deletes the object. An object that does not exist is not an error. */
  delete(operation: DeleteOperation<S, P>): Promise<void>;
  /** Parses an import ID into the values that `read` requires. @throws DiagnosticError if the ID is invalid. */
  importState(id: string, provider: P): Partial<State<S>>;
}

/** A resource type for the protocol server: the same operations on untyped values. */
export interface Resource<P> {
  readonly typeName: string;
  readonly displayName: string;
  readonly schema: Schema;
  describe(values: Values): string;
  validate(config: Values, diagnostics: Diagnostics): void;
  plan(request: PlanRequest<P>): Promise<PlanResponse>;
  create(operation: Operation<P>, request: ApplyRequest): Promise<Values>;
  read(operation: Operation<P>, state: Values): Promise<Values | null>;
  update(operation: Operation<P>, prior: Values, request: ApplyRequest): Promise<Values>;
  delete(operation: Operation<P>, state: Values, saveState: (state: Values) => void): Promise<void>;
  importState(id: string, provider: P): Values;
}

export interface PlanRequest<P> {
  readonly provider: P | null;
  readonly signal: AbortSignal;
  readonly diagnostics: Diagnostics;
  readonly prior: Values | null;
  readonly config: Values;
  readonly isManaged: (id: string) => boolean;
  readonly wasConfigured: (name: string) => boolean;
}

export interface PlanResponse {
  readonly planned: Values;
  readonly replace: readonly string[];
}

export interface ApplyRequest {
  readonly planned: Values;
  readonly config: Values;
  readonly saveState: (state: Values | null) => void;
}

/**
 * Adapts a typed definition to the protocol server. Only this function converts between typed and untyped values; both
 * follow the schema.
 */
export function defineResource<S extends Schema, P>(definition: ResourceDefinition<S, P>): Resource<P> {
  const schema: Schema = {
    ...definition.schema,
    attributes: { ...definition.schema.attributes, id: idAttribute },
  };

  const finish = (before: Values, actual: State<S>): Values => {
    const values = reconcile(schema, before, actual);
    return { ...values, id: definition.identify(viewOf<S>(values)) ?? null };
  };

  const applyOperation = <O extends Operation<P>>(
    operation: O,
    request: ApplyRequest,
  ): O & CreateOperation<S, P> => ({
    ...operation,
    planned: viewOf<S>(request.planned) as Planned<S>,
    config: request.config as Config<S>,
    saveState: (state) => request.saveState(state && finish(request.planned, state)),
  });

  return {
    typeName: definition.typeName,
    displayName: definition.displayName,
    schema,
    describe: (values) => definition.describe(viewOf<S>(values)),

    validate: (config, diagnostics) => definition.validate?.(viewOf<S>(config), diagnostics),

    async plan({ provider, signal, diagnostics, prior, config, isManaged, wasConfigured }) {
      const planned: Record<string, CtyValue> = { ...planValues(schema, prior, config) };
      const replace = new Set<string>();
      await definition.modifyPlan?.({
        typeName: definition.typeName,
        provider,
        signal,
        diagnostics,
        prior: prior as State<S> | null,
        config: viewOf<S>(config),
        get plan() {
          return viewOf<S>(planned);
        },
        changesTimeouts:
          prior !== null &&
          JSON.stringify(prior[TIMEOUTS_BLOCK] ?? null) !== JSON.stringify(config[TIMEOUTS_BLOCK] ?? null),
        set: (name, value) => {
          const attribute = schema.attributes[name];
          const before = prior?.[name] ?? null;
          planned[name] = attribute ? keepSpelling(attribute, before, value) : value;
        },
        setUnknown: (name) => void (planned[name] = unknown),
        requireReplace: (name) => void replace.add(name),
        isManaged,
        wasConfigured,
      });
      planned["id"] = definition.identify(viewOf<S>(planned)) ?? unknown;
      for (const name of prior ? replacements(schema, prior, planned) : []) replace.add(name);
      return { planned, replace: [...replace] };
    },

    async create(operation, request) {
      return finish(request.planned, await definition.create(applyOperation(operation, request)));
    },

    async read(operation, state) {
      const actual = await definition.read({ ...operation, state: state as State<S> });
      return actual === null ? null : finish(state, actual);
    },

    async update(operation, prior, request) {
      const updateOperation = { ...applyOperation(operation, request), prior: prior as State<S> };
      return finish(request.planned, await definition.update(updateOperation));
    },

    async delete(operation, state, saveState) {
      await definition.delete({
        ...operation,
        state: state as State<S>,
        saveState: (left: State<S>) => saveState(finish(state, left)),
      });
    },

    importState: (importId, provider) => definition.importState(importId, provider) as Values,
  };
}

/**
 * Replaces values that are not wholly known with `undefined`. A collection with a null element counts as unknown too:
 * validation refuses it, so other code does not have to handle it.
 */
function viewOf<S extends Schema>(values: Values): View<S> {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    isWhollyKnown(value) && !hasNullElement(value) ? value : undefined,
  ]);
  return Object.fromEntries(entries) as View<S>;
}

function hasNullElement(value: CtyValue): boolean {
  if (Array.isArray(value)) return value.some((item: CtyValue) => item === null || hasNullElement(item));
  return isRecord(value) && Object.values(value).some(hasNullElement);
}
