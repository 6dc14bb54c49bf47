import { DmsCertificate } from "@cdktf/provider-aws/lib/dms-certificate";
import { DmsEndpoint as Endpoint } from "@cdktf/provider-aws/lib/dms-endpoint";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { PostgresqlEngine } from "../../facts/engine-versions";
import { defined } from "../aurora/defined";
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

/** @inline */
interface EndpointProps {
  /** The endpoint's identifier: 2 to 255 lower case letters, digits and single hyphens. */
  readonly endpointId: string;
  /** The server's engine. */
  readonly engine: PostgresqlEngine;
  /** The server's version; may be a token. */
  readonly engineVersion: string;
  /** The database that has the tables. */
  readonly databaseName: string;
  /**
   * The Secrets Manager secret with `{"username", "password", "host", "port"}`. The one that RDS manages has no host and
   * no port, and will not do. A change is for DMS to read: the AWS provider would keep a password in its state.
   */
  readonly secretArn: string;
  /**
   * The ARN of the KMS key that encrypts the secret.
   *
   * @default - AWS's key for Secrets Manager
   */
  readonly secretKmsKeyArn?: string;
  /**
   * What has to exist before, such as the secret's first version.
   *
   * @default - nothing
   */
  readonly dependsOn?: ITerraformDependable[];
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/** @inline */
interface Unverified {
  /**
   * How the connection uses TLS: libpq's `sslmode`.
   *
   * @default "require"
   */
  readonly sslMode?: "require" | "none";
  /** Without verification there is nothing to verify by. */
  readonly certificatePem?: never;
}

/** @inline */
interface Verified {
  /** The server's certificate is verified, and, if full, its name. */
  readonly sslMode: "verify-ca" | "verify-full";
  /** The certificates of the authorities that are trusted, in PEM: RDS's bundle for the region. */
  readonly certificatePem: string;
}

/** The properties of {@link DmsEndpoint}. */
export type DmsEndpointProps = EndpointProps &
  (Unverified | Verified) &
  (
    | { readonly endpointType: "source"; readonly settings?: DmsSourceSettings }
    | { readonly endpointType: "target"; readonly settings?: DmsTargetSettings }
  );

/** A PostgreSQL server as DMS knows it: where a task reads from, or writes to. */
export class DmsEndpoint extends Construct implements VersionedServer {
  /** Which side of a task it is. */
  readonly endpointType: "source" | "target";
  /** The endpoint's ARN. */
  readonly endpointArn: string;
  /** The server's engine. */
  readonly engine: PostgresqlEngine;
  readonly engineVersion: string;

  /** @throws Error when DMS would not accept a property. */
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
      // DMS changes no endpoint that a running task uses: the provider stops the tasks, and resumes them afterwards.
      pauseReplicationTasks: true,
      // An endpoint that has only some of them is given zeros for the rest by the AWS provider's next update.
      postgresSettings: settings,
      // The AWS provider 5.100 plans changes of the block, sends none, and plans them again for ever
      // (hashicorp/terraform-provider-aws#35834). It does send changes of these attributes, by which DMS knows the same
      // settings. So the block makes the endpoint, the attributes change it, once, and the block's changes are ignored.
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

/** Types do not hold for who calls from JavaScript. */
function requireCertificate(sslMode: string, certificatePem: string | undefined): void {
  const needed = sslMode.startsWith("verify-");
  if (needed === (certificatePem !== undefined)) return;
  throw new Error(
    needed
      ? `certificatePem must be given with sslMode ${JSON.stringify(sslMode)}: the authorities that are trusted.`
      : `certificatePem must be left out with sslMode ${JSON.stringify(sslMode)}, which verifies nothing. Take "verify-full".`,
  );
}
