import type { ProviderCalls } from "../plugin/server";
import { decodeMsgpack, encodeMsgpack } from "../plugin/cty/msgpack";
import type { CtyType } from "../plugin/cty/type";
import { isWhollyKnown } from "../plugin/cty/value";
import type { ClientCapabilities, DynamicValue } from "../plugin/generated/tfplugin6";
import { log } from "../plugin/log";
import type { DataSource } from "./data-source";
import { DiagnosticError, Diagnostics } from "./diagnostics";
import { appliedMemory, planMemory, recall } from "./memory";
import type { ProviderDefinition } from "./provider";
import type { Operation, Resource } from "./resource";
import { ctyTypeOf, type Schema } from "./schema";
import {
  DATA_SOURCE_STEPS,
  RESOURCE_STEPS,
  TIMEOUTS_BLOCK,
  type TimedStep,
  timeoutOf,
  typeWithTimeouts,
  validateTimeouts,
  withTimeout,
} from "./timeouts";
import { upgradeState } from "./upgrade";
import type { Config } from "./values";
import { type ClientAbilities, validateConfig, type Values } from "./validate";
import { wireDiagnostic, wirePath, wireSchema } from "./wire";

/** A provider being served: the calls of the protocol, and how to let go of everything. */
export interface ProviderServer {
  readonly calls: ProviderCalls;
  /** Cancels what is running and closes connections. */
  close(): Promise<void>;
}

const SERVER_CAPABILITIES = { planDestroy: false, getProviderSchemaOptional: true };

/** Answers the calls of Terraform's provider protocol from a provider's definition. */
export function createProviderServer<S extends Schema, P>(
  definition: ProviderDefinition<S, P>,
): ProviderServer {
  const resources = new Map(definition.resources.map((resource) => [resource.typeName, resource]));
  const dataSources = new Map(definition.dataSources.map((dataSource) => [dataSource.typeName, dataSource]));
  const providerType = ctyTypeOf(definition.schema);
  const stop = new AbortController();
  /** Type and ID of the objects that this process has seen in a state. */
  const managed = new Set<string>();
  // Null until ConfigureProvider, and while the provider's configuration is not wholly known.
  let provider: P | null = null;

  const resourceOf = (typeName: string): Resource<P> => found(resources.get(typeName), typeName);
  const dataSourceOf = (typeName: string): DataSource<P> => found(dataSources.get(typeName), typeName);

  const noteManaged = (typeName: string, state: Values | null): void => {
    if (typeof state?.["id"] === "string") managed.add(`${typeName} ${state["id"]}`);
  };

  const configured = (): P => {
    if (provider !== null) return provider;
    throw new DiagnosticError(
      "Provider configuration not known yet",
      "The provider's configuration depends on values that are known only after apply, so no server can be asked now. " +
        "Apply the resources that it depends on first (terraform apply -target=…), or let this object depend on them.",
    );
  };

  const operation = (diagnostics: Diagnostics, signal: AbortSignal): Operation<P> => ({
    provider: configured(),
    signal,
    warn: (summary, detail, path) => diagnostics.warn(summary, detail, path),
  });

  /** Runs one step of a resource's life under its time limit; what goes wrong becomes a diagnostic. */
  const attempt = async <T>(
    step: TimedStep,
    resource: Resource<P>,
    values: Values,
    diagnostics: Diagnostics,
    work: (operation: Operation<P>) => Promise<T>,
  ): Promise<T | undefined> => {
    const started = performance.now();
    const limit = timeoutOf(values[TIMEOUTS_BLOCK], step);
    const result = await diagnosed(diagnostics, step, resource, values, () =>
      withTimeout(step, limit, stop.signal, (signal) => work(operation(diagnostics, signal))),
    );
    const milliseconds = Math.round(performance.now() - started);
    log("debug", `${step} ${resource.noun}`, { type: resource.typeName, milliseconds });
    return result;
  };

  const calls: ProviderCalls = {
    getMetadata: () =>
      Promise.resolve({
        serverCapabilities: SERVER_CAPABILITIES,
        diagnostics: [],
        dataSources: [...dataSources.keys()].map((typeName) => ({ typeName })),
        resources: [...resources.keys()].map((typeName) => ({ typeName })),
      }),

    getProviderSchema: () =>
      Promise.resolve({
        provider: wireSchema(definition.schema, []),
        resourceSchemas: mapToObject(resources, ({ schema }) => wireSchema(schema, RESOURCE_STEPS)),
        dataSourceSchemas: mapToObject(dataSources, ({ schema }) => wireSchema(schema, DATA_SOURCE_STEPS)),
        diagnostics: [],
        serverCapabilities: SERVER_CAPABILITIES,
      }),

    validateProviderConfig: async (request) => {
      const diagnostics = new Diagnostics();
      const config = decodeObject(request.config, providerType);
      // A provider has no state, so nothing of its configuration is write-only.
      await diagnosed(diagnostics, "validate", PROVIDER_BLOCK, config, () =>
        validateConfig(definition.schema, config, { writeOnlyAttributes: true }, diagnostics),
      );
      return { diagnostics: wire(diagnostics) };
    },

    validateResourceConfig: async (request) => {
      const diagnostics = new Diagnostics();
      const resource = resourceOf(request.typeName);
      const config = decodeObject(request.config, typeOf(resource));
      await diagnosed(diagnostics, "validate", resource, config, () => {
        validateConfig(resource.schema, config, abilities(request.clientCapabilities), diagnostics);
        validateTimeouts(config[TIMEOUTS_BLOCK], diagnostics);
        resource.validate(config, diagnostics);
      });
      return { diagnostics: wire(diagnostics) };
    },

    validateDataResourceConfig: async (request) => {
      const diagnostics = new Diagnostics();
      const dataSource = dataSourceOf(request.typeName);
      const { schema } = dataSource;
      const config = decodeObject(request.config, typeWithTimeouts(schema, DATA_SOURCE_STEPS));
      await diagnosed(diagnostics, "validate", dataSource, config, () => {
        validateConfig(schema, config, { writeOnlyAttributes: true }, diagnostics);
        validateTimeouts(config[TIMEOUTS_BLOCK], diagnostics);
      });
      return { diagnostics: wire(diagnostics) };
    },

    upgradeResourceState: (request) => {
      const diagnostics = new Diagnostics();
      const resource = resourceOf(request.typeName);
      const json = request.rawState?.json ?? Buffer.alloc(0);
      try {
        if (json.length === 0) throw new Error("it is in the flatmap form of Terraform 0.11 or earlier");
        const state = upgradeState(resource.schema, typeOf(resource), json.toString());
        // Of a tainted object, nothing but this call sees the state when there is no refresh.
        noteManaged(resource.typeName, state);
        return Promise.resolve({ upgradedState: encodeObject(state, typeOf(resource)), diagnostics: [] });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        diagnostics.error(
          "Unable to read the stored state",
          `The state of a ${resource.typeName} cannot be read: ${reason}`,
        );
        return Promise.resolve({ upgradedState: undefined, diagnostics: wire(diagnostics) });
      }
    },

    configureProvider: async (request) => {
      const diagnostics = new Diagnostics();
      const config = decodeObject(request.config, providerType);
      await diagnosed(diagnostics, "configure", PROVIDER_BLOCK, config, () => {
        provider = Object.values(config).every(isWhollyKnown)
          ? definition.configure(config as Config<S>, request.terraformVersion)
          : null;
      });
      return { diagnostics: wire(diagnostics) };
    },

    readResource: async (request) => {
      const diagnostics = new Diagnostics();
      const resource = resourceOf(request.typeName);
      const type = typeOf(resource);
      const state = decodeObject(request.currentState, type);
      noteManaged(resource.typeName, state);
      // The server cannot be asked yet, and that is no sign that the object is gone.
      if (provider === null)
        return { newState: request.currentState, diagnostics: [], private: request.private };
      const actual = await attempt("read", resource, state, diagnostics, (op) => resource.read(op, state));
      const newState =
        actual === undefined
          ? state
          : actual && { ...actual, [TIMEOUTS_BLOCK]: state[TIMEOUTS_BLOCK] ?? null };
      return {
        newState: encodeObject(newState, type),
        diagnostics: wire(diagnostics),
        private: request.private,
      };
    },

    planResourceChange: async (request) => {
      const diagnostics = new Diagnostics();
      const resource = resourceOf(request.typeName);
      const type = typeOf(resource);
      const prior = decodeNullable(request.priorState, type);
      noteManaged(resource.typeName, prior);
      if (decodeNullable(request.proposedNewState, type) === null) {
        return {
          plannedState: request.proposedNewState,
          requiresReplace: [],
          plannedPrivate: request.priorPrivate,
          diagnostics: [],
        };
      }
      const config = decodeObject(request.config, type);
      const timeouts = config[TIMEOUTS_BLOCK] ?? null;
      const isManaged = (objectId: string): boolean => managed.has(`${resource.typeName} ${objectId}`);
      const configured = recall(request.priorPrivate);
      const wasConfigured = (name: string): boolean => configured.includes(name);
      const change = await diagnosed(diagnostics, "plan", resource, config, async () => {
        const { planned, replace } = await withTimeout(
          "read",
          timeoutOf(timeouts, "read"),
          stop.signal,
          (signal) =>
            resource.plan({ provider, signal, diagnostics, prior, config, isManaged, wasConfigured }),
        );
        return {
          plannedState: encodeObject({ ...planned, [TIMEOUTS_BLOCK]: timeouts }, type),
          requiresReplace: replace.map((name) => wirePath([name])),
        };
      });
      return {
        ...(change ?? { plannedState: request.priorState, requiresReplace: [] }),
        plannedPrivate: planMemory(request.priorPrivate, resource.schema, config),
        diagnostics: wire(diagnostics),
      };
    },

    applyResourceChange: async (request) => {
      const diagnostics = new Diagnostics();
      const resource = resourceOf(request.typeName);
      const type = typeOf(resource);
      const prior = decodeNullable(request.priorState, type);
      const planned = decodeNullable(request.plannedState, type);
      const timeouts = { [TIMEOUTS_BLOCK]: (planned ?? prior)?.[TIMEOUTS_BLOCK] ?? null };
      // What is in the state should the operation fail: what was there before, or what it says it has left.
      let left = prior;
      const keep = (state: Values | null): void => void (left = state && { ...state, ...timeouts });

      const apply = async (): Promise<Values | null> => {
        if (planned === null) {
          const state = prior ?? {};
          const done = await attempt("delete", resource, state, diagnostics, async (op) => {
            await resource.delete(op, state, keep);
            return true;
          });
          return done === true ? null : left;
        }
        const apply = { planned, config: decodeObject(request.config, type), keep };
        const actual =
          prior === null
            ? await attempt("create", resource, planned, diagnostics, (op) => resource.create(op, apply))
            : await attempt("update", resource, planned, diagnostics, (op) =>
                resource.update(op, prior, apply),
              );
        return actual === undefined ? left : { ...actual, ...timeouts };
      };
      const newState = await apply();
      return {
        newState: encodeObject(newState, type),
        private: appliedMemory(request.plannedPrivate, !diagnostics.hasError),
        diagnostics: wire(diagnostics),
      };
    },

    importResourceState: (request) => {
      const diagnostics = new Diagnostics();
      const resource = resourceOf(request.typeName);
      try {
        const state = encodeObject(resource.importState(request.id, configured()), typeOf(resource));
        return Promise.resolve({
          importedResources: [{ typeName: resource.typeName, state, private: Buffer.alloc(0) }],
          diagnostics: [],
        });
      } catch (error) {
        diagnostics.failure(
          error,
          `Unable to import ${resource.noun}`,
          `Import ID ${JSON.stringify(request.id)}`,
        );
        return Promise.resolve({ importedResources: [], diagnostics: wire(diagnostics) });
      }
    },

    readDataSource: async (request) => {
      const diagnostics = new Diagnostics();
      const dataSource = dataSourceOf(request.typeName);
      const type = typeWithTimeouts(dataSource.schema, DATA_SOURCE_STEPS);
      const config = decodeObject(request.config, type);
      const timeouts = config[TIMEOUTS_BLOCK] ?? null;
      const state = await diagnosed(diagnostics, "read", dataSource, config, async () => {
        const values = await withTimeout("read", timeoutOf(timeouts, "read"), stop.signal, (signal) =>
          dataSource.read(operation(diagnostics, signal), config),
        );
        return encodeObject({ ...values, [TIMEOUTS_BLOCK]: timeouts }, type);
      });
      return { state, diagnostics: wire(diagnostics) };
    },

    stopProvider: () => {
      stop.abort(new Error("it was cancelled because Terraform was interrupted"));
      return Promise.resolve({ error: "" });
    },
  };

  return {
    calls,
    close: async () => {
      stop.abort(new Error("it was cancelled because Terraform ended the provider"));
      if (provider !== null) await definition.close(provider);
    },
  };
}

/** What a call is about: a resource, a data source, or the provider block. */
interface Subject {
  readonly noun: string;
  label(values: Values): string;
}

const PROVIDER_BLOCK: Subject = { noun: "the provider", label: () => "the provider block" };

/**
 * Does the work of a call. What it throws, at once or later, becomes a diagnostic that says what was attempted.
 *
 * @returns undefined when it threw.
 */
async function diagnosed<T>(
  diagnostics: Diagnostics,
  verb: string,
  subject: Subject,
  values: Values,
  work: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    diagnostics.failure(error, `Unable to ${verb} ${subject.noun}`, capitalize(labelOf(subject, values)));
    return undefined;
  }
}

/** The label comes from values that may be what went wrong. */
function labelOf(subject: Subject, values: Values): string {
  try {
    return subject.label(values);
  } catch {
    return subject.noun;
  }
}

function typeOf(resource: Resource<unknown>): CtyType {
  return typeWithTimeouts(resource.schema, RESOURCE_STEPS);
}

function found<T>(value: T | undefined, typeName: string): T {
  if (value === undefined) throw new Error(`this provider has no type ${typeName}`);
  return value;
}

function decodeNullable(value: DynamicValue | undefined, type: CtyType): Values | null {
  return value === undefined || value.msgpack.length === 0
    ? null
    : (decodeMsgpack(value.msgpack, type) as Values | null);
}

function decodeObject(value: DynamicValue | undefined, type: CtyType): Values {
  return decodeNullable(value, type) ?? {};
}

function encodeObject(value: Values | null, type: CtyType): DynamicValue {
  return { msgpack: Buffer.from(encodeMsgpack(value, type)), json: Buffer.alloc(0) };
}

function abilities(client: ClientCapabilities | undefined): ClientAbilities {
  return { writeOnlyAttributes: client?.writeOnlyAttributesAllowed === true };
}

function wire(diagnostics: Diagnostics): ReturnType<typeof wireDiagnostic>[] {
  return diagnostics.all.map(wireDiagnostic);
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function mapToObject<T, U>(map: ReadonlyMap<string, T>, change: (item: T) => U): { [key: string]: U } {
  return Object.fromEntries([...map].map(([key, item]) => [key, change(item)]));
}
