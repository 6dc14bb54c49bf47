import type { Postcondition } from "cdktf";
import type { ReplicationParametersProps } from "./replication-parameters";

/** What concerns any server that exists already. */
export interface ExistingServerProps extends ReplicationParametersProps {
  /** The database that has the tables. */
  readonly databaseName: string;
  /**
   * The Secrets Manager secret with `{"username", "password"}` of the user who administers the server.
   *
   * @default - the one that RDS manages; a server without it needs this
   */
  readonly adminSecretArn?: string;
  /**
   * The user who administers the server.
   *
   * @default - the server's master user
   */
  readonly adminUsername?: string;
  /**
   * The security group that rules for the server are added to.
   *
   * @default - the first of the server's, in alphabetical order
   */
  readonly securityGroupId?: string;
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/**
 * What the default of {@link ExistingServerProps.adminSecretArn} needs of a data source.
 *
 * @param server - the beginning of the message: the property, and what it names, in Terraform's words.
 */
export function managedSecretExists(server: string): Postcondition {
  return {
    condition: "${length(self.master_user_secret) > 0}",
    errorMessage: `${server} has no master password that RDS manages in Secrets Manager. Give adminSecretArn: a secret with {"username", "password"}.`,
  };
}

/** Terraform's expression for whether an attribute of a data source is empty, or not there at all. */
export function isEmpty(attribute: string): string {
  return `try(length(self.${attribute}), 0) == 0`;
}
