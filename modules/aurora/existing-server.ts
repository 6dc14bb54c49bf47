import { Fn, type Postcondition } from "cdktf";
import type { DatabaseServer } from "./database-server";
import type { ReplicationParameterGroup } from "./parameter-group";
import type { ReplicationParametersProps } from "./replication-parameters";

/** Properties of a server that exists and that this configuration does not manage. */
export interface ExistingServerProps extends ReplicationParametersProps {
  /** Database with the tables. */
  readonly databaseName: string;
  /**
   * ARN of the Secrets Manager secret of the user that administers the server: a JSON object with `username` and
   * `password`.
   *
   * @default - the secret that RDS manages; required if RDS manages none
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
   */
  readonly adminSecretArn?: string;
  /**
   * User that administers the server.
   *
   * @default - the master user
   */
  readonly adminUsername?: string;
  /**
   * Security group to add rules for the server to.
   *
   * @default - the server's first security group, in alphabetical order
   */
  readonly securityGroupId?: string;
  /**
   * Tags of the AWS resources.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** Attributes that the data sources of clusters and instances have in common. */
export interface FoundServer {
  readonly identifier: string;
  readonly host: string;
  readonly port: number;
  readonly masterUsername: string;
  readonly masterUserSecret: { get(index: number): { readonly secretArn: string } };
  readonly securityGroupIds: string[];
  readonly engineVersion: string;
}

/**
 * Attributes of an existing server. All of them depend on the data source, so that Terraform changes nothing about a
 * server that fails the data source's postconditions.
 */
export function existingServerAttributes(
  props: ExistingServerProps,
  found: FoundServer,
  parameterGroup: ReplicationParameterGroup,
): Omit<DatabaseServer, "kind" | "ready"> {
  return {
    identifier: found.identifier,
    host: found.host,
    port: found.port,
    databaseName: props.databaseName,
    adminUsername: props.adminUsername ?? found.masterUsername,
    adminSecretArn: props.adminSecretArn ?? found.masterUserSecret.get(0).secretArn,
    securityGroupId: props.securityGroupId ?? String(Fn.element(Fn.sort(found.securityGroupIds), 0)),
    engineVersion: found.engineVersion,
    parameterGroupName: parameterGroup.name,
    staticParameters: parameterGroup.staticParameters,
  };
}

/**
 * Requires the secret that is the default of {@link ExistingServerProps.adminSecretArn}.
 *
 * @param server - start of the error message: the property and the identifier, as a Terraform template.
 */
export function managedSecretExists(server: string): Postcondition {
  return {
    condition: "${length(self.master_user_secret) > 0}",
    errorMessage: `${server} has no master password that RDS manages in Secrets Manager. Set adminSecretArn to the ARN of a secret with {"username", "password"}.`,
  };
}

/** Terraform's expression for whether an attribute of a data source is empty or missing. */
export function isEmpty(attribute: string): string {
  return `try(length(self.${attribute}), 0) == 0`;
}
