import { DmsCertificate } from "@cdktf/provider-aws/lib/dms-certificate";
import { DmsEndpoint as Endpoint } from "@cdktf/provider-aws/lib/dms-endpoint";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { PostgresqlEngine } from "../../facts/engine-versions";
import { defined } from "../defined";
import { requireAwsName } from "../validation";
import type { VersionedServer } from "./dms-version";
import {
  type DmsSourceSettings,
  type DmsTargetSettings,
  extraConnectionAttributes,
  sourceSettings,
  targetSettings,
} from "./postgres-settings";
import { SecretAccessRole } from "./secret-access-role";

/** Properties that source and target endpoints have in common. */
export interface DmsEndpointBaseProps {
  /** Identifier of the endpoint: 2 to 255 lower case letters, digits and single hyphens. */
  readonly endpointId: string;
  /** Engine of the server. */
  readonly engine: PostgresqlEngine;
  /** Engine version of the server; may be a token. */
  readonly engineVersion: string;
  /** Database with the tables. */
  readonly databaseName: string;
  /**
   * ARN of the Secrets Manager secret with the connection data: a JSON object with `username`, `password`, `host` and
   * `port`. A secret that RDS manages does not work, because it contains no host and no port. DMS reads the secret
   * directly, so the password does not appear in the state.
   *
   * @see https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
   */
  readonly secretArn: string;
  /**
   * ARN of the KMS key that encrypts the secret.
   *
   * @default - the AWS managed key for Secrets Manager
   */
  readonly secretKmsKeyArn?: string;
  /**
   * Resources that must exist before the endpoint, such as the first version of the secret.
   *
   * @default - none
   */
  readonly dependsOn?: ITerraformDependable[];
  /**
   * Tags of the AWS resources.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** A connection that does not verify the certificate of the server. */
export interface UnverifiedTls {
  /**
   * Whether DMS encrypts the connection.
   *
   * @default "require"
   * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html
   */
  readonly sslMode?: "require" | "none";
  /** Must be omitted: DMS does not verify the certificate. */
  readonly certificatePem?: never;
}

/** A connection that verifies the certificate of the server. */
export interface VerifiedTls {
  /** Whether DMS verifies only the certificate, or also the host name in it. */
  readonly sslMode: "verify-ca" | "verify-full";
  /**
   * Certificates of the trusted authorities, in PEM: the RDS certificate bundle of the region.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
   */
  readonly certificatePem: string;
}

/** Properties of {@link DmsEndpoint}. */
export type DmsEndpointProps = DmsEndpointBaseProps &
  (UnverifiedTls | VerifiedTls) &
  (
    | {
        /** Whether a task reads from the endpoint or writes to it. */
        readonly endpointType: "source";
        /** DMS settings for the server. */
        readonly settings?: DmsSourceSettings;
      }
    | {
        /** Whether a task reads from the endpoint or writes to it. */
        readonly endpointType: "target";
        /** DMS settings for the server. */
        readonly settings?: DmsTargetSettings;
      }
  );

/**
 * A DMS endpoint: the connection data of a PostgreSQL server that a task reads from or writes to.
 *
 * @example
 * ```ts
 * import { DmsEndpoint } from "aurora-logical-replication/modules/dms";
 *
 * const source = new DmsEndpoint(this, "source", {
 *   endpointId: "orders-source",
 *   endpointType: "source",
 *   engine: "aurora-postgresql",
 *   engineVersion: "16.4",
 *   databaseName: "orders",
 *   secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-dms",
 *   settings: { heartbeatFrequency: 1 },
 * });
 * ```
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html
 */
export class DmsEndpoint extends Construct implements VersionedServer {
  /** Whether a task reads from the endpoint or writes to it. */
  readonly endpointType: "source" | "target";
  /** ARN of the endpoint. */
  readonly endpointArn: string;
  /** Engine of the server. */
  readonly engine: PostgresqlEngine;
  readonly engineVersion: string;

  /** @throws Error if a property value known at synthesis is invalid. */
  constructor(scope: Construct, id: string, props: DmsEndpointProps) {
    super(scope, id);
    const { endpointId, engine, secretArn, sslMode = "require", certificatePem, tags } = props;
    requireAwsName("endpointId", endpointId, { min: 2, max: 255 });
    requireCertificate(sslMode, certificatePem);
    const settings =
      props.endpointType === "source"
        ? sourceSettings(props.settings ?? {})
        : targetSettings(props.settings ?? {});
    const role = new SecretAccessRole(this, "secret_access", {
      secretArn,
      ...defined({ kmsKeyArn: props.secretKmsKeyArn, tags }),
    });
    const certificate =
      certificatePem === undefined
        ? undefined
        : new DmsCertificate(this, "certificate", {
            certificateId: endpointId,
            certificatePem,
            ...defined({ tags }),
          });
    const endpoint = new Endpoint(this, "endpoint", {
      endpointId,
      endpointType: props.endpointType,
      engineName: engine,
      databaseName: props.databaseName,
      secretsManagerArn: secretArn,
      secretsManagerAccessRoleArn: role.arn,
      sslMode,
      ...defined({ certificateArn: certificate?.certificateArn, tags }),
      // DMS cannot modify an endpoint of a running task: the AWS provider stops the tasks and resumes them afterwards.
      pauseReplicationTasks: true,
      // Must be complete: the AWS provider's next update would set missing settings to zero.
      postgresSettings: settings,
      // AWS provider 5.100 plans changes of the block but never sends them, so every plan shows them again
      // (https://github.com/hashicorp/terraform-provider-aws/issues/35834). It does send changes of these attributes, which
      // are the same settings. So the block creates the endpoint, the attributes update it, and block changes are ignored.
      extraConnectionAttributes: extraConnectionAttributes(settings),
      lifecycle: { ignoreChanges: ["postgres_settings"] },
      dependsOn: [role.ready, ...(props.dependsOn ?? [])],
    });
    this.endpointType = props.endpointType;
    this.endpointArn = endpoint.endpointArn;
    this.engine = engine;
    this.engineVersion = props.engineVersion;
  }
}

/** Repeats the check of the types for JavaScript callers. */
function requireCertificate(sslMode: string, certificatePem: string | undefined): void {
  const isRequired = sslMode.startsWith("verify-");
  if (isRequired === (certificatePem !== undefined)) return;
  throw new Error(
    isRequired
      ? `certificatePem is required with sslMode ${JSON.stringify(sslMode)}: it contains the trusted authorities. Got none.`
      : `certificatePem must be omitted with sslMode ${JSON.stringify(sslMode)}, which does not verify the server. To verify it, use "verify-full".`,
  );
}
