import type { Parameter, RDS } from "@aws-sdk/client-rds";
import { type AwsAccess, awsCredentials } from "./aws-access";
import { clusterOf, type Database, type DatabaseName, instanceOf } from "./rds-database";
import { RdsError, toRdsError } from "./rds-error";

/** Nobody answers: a wrong endpoint, or a network without a way out. */
const CONNECT_WITHIN_MS = 10_000;
/** RDS answers within a second or two, also when what it began takes minutes. */
const ANSWER_WITHIN_MS = 30_000;

/** The few calls of the RDS API that a resource needs. Every method rejects with an {@link RdsError}. */
export class Rds {
  private constructor(
    private readonly sdk: RDS,
    private readonly access: AwsAccess,
    /** The region that is spoken to. */
    readonly region: string,
  ) {}

  /** Opens a client, works with it, and closes it. */
  static async use<T>(access: AwsAccess, signal: AbortSignal, work: (rds: Rds) => Promise<T>): Promise<T> {
    const { RDS } = await import("@aws-sdk/client-rds");
    const { region, profile } = access;
    const sdk = new RDS({
      ...(region === undefined ? {} : { region }),
      ...(profile === undefined ? {} : { profile }),
      credentials: await awsCredentials(access),
      requestHandler: {
        connectionTimeout: CONNECT_WITHIN_MS,
        requestTimeout: ANSWER_WITHIN_MS,
        throwOnRequestTimeout: true,
      },
    });
    try {
      const found = await sdk.config.region().catch((error: unknown) => {
        throw toRdsError(error, "Looking for the AWS region", access, signal);
      });
      return await work(new Rds(sdk, access, found));
    } finally {
      sdk.destroy();
    }
  }

  /** What there is of this name; undefined when there is none. */
  async find(name: DatabaseName, signal: AbortSignal): Promise<Database | undefined> {
    return name.kind === "cluster"
      ? this.#findCluster(name.identifier, signal)
      : this.#findInstance(name.identifier, signal);
  }

  /** The family of a parameter group, such as `aurora-postgresql16`; undefined when there is no such group. */
  async groupFamily({ kind }: DatabaseName, group: string, signal: AbortSignal): Promise<string | undefined> {
    const options = { abortSignal: signal };
    if (kind === "cluster") {
      const answer = await unlessMissing(
        this.#call("DescribeDBClusterParameterGroups", signal, () =>
          this.sdk.describeDBClusterParameterGroups({ DBClusterParameterGroupName: group }, options),
        ),
      );
      return answer?.DBClusterParameterGroups?.[0]?.DBParameterGroupFamily;
    }
    const answer = await unlessMissing(
      this.#call("DescribeDBParameterGroups", signal, () =>
        this.sdk.describeDBParameterGroups({ DBParameterGroupName: group }, options),
      ),
    );
    return answer?.DBParameterGroups?.[0]?.DBParameterGroupFamily;
  }

  /** The parameters that somebody has set in a parameter group, and their values. */
  async groupParameters(
    { kind }: DatabaseName,
    group: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const options = { abortSignal: signal };
    const parameters: Parameter[] = [];
    let marker: string | undefined;
    do {
      const paging = { Source: "user", ...(marker === undefined ? {} : { Marker: marker }) };
      const page =
        kind === "cluster"
          ? await this.#call("DescribeDBClusterParameters", signal, () =>
              this.sdk.describeDBClusterParameters(
                { DBClusterParameterGroupName: group, ...paging },
                options,
              ),
            )
          : await this.#call("DescribeDBParameters", signal, () =>
              this.sdk.describeDBParameters({ DBParameterGroupName: group, ...paging }, options),
            );
      parameters.push(...(page.Parameters ?? []));
      marker = page.Marker;
    } while (marker);
    return new Map(
      parameters.flatMap(({ ParameterName: name, ParameterValue: value }): [string, string][] =>
        name === undefined || value === undefined ? [] : [[name, value]],
      ),
    );
  }

  /** Attaches a parameter group, at once. */
  async attach({ kind, identifier }: DatabaseName, group: string, signal: AbortSignal): Promise<void> {
    const options = { abortSignal: signal };
    if (kind === "cluster") {
      await this.#call("ModifyDBCluster", signal, () =>
        this.sdk.modifyDBCluster(
          { DBClusterIdentifier: identifier, DBClusterParameterGroupName: group, ApplyImmediately: true },
          options,
        ),
      );
    } else {
      await this.#call("ModifyDBInstance", signal, () =>
        this.sdk.modifyDBInstance(
          { DBInstanceIdentifier: identifier, DBParameterGroupName: group, ApplyImmediately: true },
          options,
        ),
      );
    }
  }

  async reboot(instance: string, signal: AbortSignal): Promise<void> {
    await this.#call("RebootDBInstance", signal, () =>
      this.sdk.rebootDBInstance({ DBInstanceIdentifier: instance }, { abortSignal: signal }),
    );
  }

  async #findCluster(identifier: string, signal: AbortSignal): Promise<Database | undefined> {
    const options = { abortSignal: signal };
    const answer = await unlessMissing(
      this.#call("DescribeDBClusters", signal, () =>
        this.sdk.describeDBClusters({ DBClusterIdentifier: identifier }, options),
      ),
    );
    const cluster = answer?.DBClusters?.[0];
    if (cluster === undefined) return undefined;
    const filter = { Name: "db-cluster-id", Values: [identifier] };
    const { DBInstances: members = [] } = await this.#call("DescribeDBInstances", signal, () =>
      this.sdk.describeDBInstances({ Filters: [filter] }, options),
    );
    return clusterOf(identifier, cluster, members);
  }

  async #findInstance(identifier: string, signal: AbortSignal): Promise<Database | undefined> {
    const answer = await unlessMissing(
      this.#call("DescribeDBInstances", signal, () =>
        this.sdk.describeDBInstances({ DBInstanceIdentifier: identifier }, { abortSignal: signal }),
      ),
    );
    const instance = answer?.DBInstances?.[0];
    return instance === undefined ? undefined : instanceOf(identifier, instance);
  }

  /** The SDK repeats what was throttled or got no answer; what it throws then is for the user. */
  async #call<T>(action: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw toRdsError(error, `rds:${action}`, this.access, signal);
    }
  }
}

/** Undefined in place of the error that what was named does not exist. */
async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RdsError && error.kind === "not_found") return undefined;
    throw error;
  }
}
