import { log } from "../../plugin/log";
import type { DataSource } from "../data-source";
import { DiagnosticError, type Diagnostics } from "../diagnostics";
import type { Operation, Resource } from "../resource";
import { TIMEOUTS_BLOCK, type TimedStep, timeoutOf, withTimeout } from "../timeouts";
import type { Values } from "../validate";
import { reportFailure } from "./report-failure";

/** What the calls of one provider process share: its types, the configured provider, and the signal to stop. */
export class ServerContext<P> {
  readonly resources: ReadonlyMap<string, Resource<P>>;
  readonly dataSources: ReadonlyMap<string, DataSource<P>>;
  /** Null until ConfigureProvider, and while the provider's configuration is not wholly known. */
  provider: P | null = null;
  readonly #stop = new AbortController();
  /** Type and ID of every object that this process has seen in a state. */
  readonly #managed = new Set<string>();

  constructor(types: {
    readonly resources: readonly Resource<P>[];
    readonly dataSources: readonly DataSource<P>[];
  }) {
    this.resources = new Map(types.resources.map((resource) => [resource.typeName, resource]));
    this.dataSources = new Map(types.dataSources.map((dataSource) => [dataSource.typeName, dataSource]));
  }

  /** Aborted when Terraform stops the provider. */
  get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Cancels every running operation. The reason completes "…: it was cancelled because". */
  stop(reason: string): void {
    this.#stop.abort(new Error(`it was cancelled because ${reason}`));
  }

  /** @throws Error if the provider has no such resource type. */
  resource(typeName: string): Resource<P> {
    return known(this.resources.get(typeName), typeName);
  }

  /** @throws Error if the provider has no such data source. */
  dataSource(typeName: string): DataSource<P> {
    return known(this.dataSources.get(typeName), typeName);
  }

  /** @throws DiagnosticError if the provider's configuration is not wholly known yet. */
  requireProvider(): P {
    if (this.provider !== null) return this.provider;
    throw new DiagnosticError(
      "Provider configuration not known yet",
      "The provider's configuration depends on values that are known only after apply, so the provider cannot connect to a server now. " +
        "Apply the resources that the configuration depends on first (terraform apply -target=…), or add a depends_on to this object.",
    );
  }

  /** What an operation of a resource or a data source receives. */
  operation(diagnostics: Diagnostics, signal: AbortSignal): Operation<P> {
    return {
      provider: this.requireProvider(),
      signal,
      warn: (summary, detail, path) => diagnostics.warn(summary, detail, path),
    };
  }

  /** Records that the object is in a state of this run. */
  markManaged(typeName: string, state: Values | null): void {
    if (typeof state?.["id"] === "string") this.#managed.add(`${typeName} ${state["id"]}`);
  }

  isManaged(typeName: string, objectId: string): boolean {
    return this.#managed.has(`${typeName} ${objectId}`);
  }

  /**
   * Runs one operation of a resource under its time limit, and logs how long it took. An error becomes a diagnostic.
   *
   * @param values The configuration or state with the resource's `timeouts` block.
   * @returns undefined if the operation failed.
   */
  async runOperation<T>(
    step: TimedStep,
    resource: Resource<P>,
    values: Values,
    diagnostics: Diagnostics,
    work: (operation: Operation<P>) => Promise<T>,
  ): Promise<T | undefined> {
    const started = performance.now();
    const limit = timeoutOf(values[TIMEOUTS_BLOCK], step);
    const result = await reportFailure(diagnostics, step, resource, values, () =>
      withTimeout(step, limit, this.stopSignal, (signal) => work(this.operation(diagnostics, signal))),
    );
    const milliseconds = Math.round(performance.now() - started);
    log("debug", `${step} ${resource.displayName}`, { type: resource.typeName, milliseconds });
    return result;
  }
}

function known<T>(value: T | undefined, typeName: string): T {
  if (value === undefined) throw new Error(`this provider has no type ${typeName}`);
  return value;
}
