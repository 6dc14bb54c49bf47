import { env } from "node:process";
import { SSL_MODES, type SslMode } from "../facts/sslmodes";
import { DiagnosticError } from "./framework/diagnostics";
import { optional, required, type Schema } from "./framework/schema";
import { bool, number, string } from "./framework/value-type";
import type { Config } from "./framework/values";
import type { AwsAccess } from "./aws/aws-access";
import { rdsIamToken } from "./aws/rds-iam-token";
import { type ConnectionSettings, DEFAULT_CONNECTION_SETTINGS } from "./postgres/connection-settings";
import { parseExpectedVersion } from "./postgres/server-version";
import type { SslSettings } from "./postgres/ssl";

const NOT_SUPPORTED = "is accepted for compatibility only";

/** The `provider "postgresql" { … }` block: upstream's attributes, with upstream's environment variables and defaults. */
export const providerBlock = {
  description:
    "Manages PostgreSQL servers, and logical replication between them: publications, subscriptions, slots, roles, grants, and the tables of a publication at the subscriber. Its schema is a superset of the cyrilgdn/postgresql provider's.",
  attributes: {
    scheme: optional(string, {
      description:
        "How to reach the server: `postgres` or `awspostgres`, which mean the same here, since TLS and authentication are set by the attributes of their own (default: `postgres`).",
      validate: (scheme) =>
        scheme === "postgres" || scheme === "awspostgres"
          ? null
          : `is ${JSON.stringify(scheme)}. This provider supports postgres and awspostgres; for Google Cloud SQL use scheme = "postgres" through the Cloud SQL Auth Proxy.`,
    }),
    host: optional(string, {
      description:
        "The host name or IP address of the server, or the directory of its Unix socket (default: `PGHOST`, then `localhost`). An IPv6 address can be in brackets.",
    }),
    port: optional(number, {
      description: "The server's port (default: `PGPORT`, then `5432`).",
      validate: (port) =>
        Number.isInteger(port) && port >= 1 && port <= 65535
          ? null
          : `is ${port}. It must lie between 1 and 65535.`,
    }),
    database: optional(string, {
      description:
        "The database to connect to where a resource names none (default: `PGDATABASE`, then `postgres`).",
    }),
    username: optional(string, {
      description: "The user to connect as (default: `PGUSER`, then `postgres`).",
    }),
    password: optional(string, {
      description: "The user's password (default: `PGPASSWORD`).",
      sensitive: true,
    }),
    database_username: optional(string, {
      description:
        "The role that the server maps the user to, where that is another one. Accepted for compatibility: the provider asks the server who it is.",
    }),
    superuser: optional(bool, {
      description:
        "Whether the user is a superuser (default: `PGSUPERUSER`, then `true`). With `false`, password hashes are not read back. Everything else is found out by asking the server.",
    }),
    sslmode: optional(string, {
      description:
        "Whether and how TLS is used, as libpq has it: `disable`, `allow`, `prefer`, `require`, `verify-ca`, `verify-full` (default: `PGSSLMODE`, then `require`).",
      validate: sslModeComplaint,
    }),
    ssl_mode: optional(string, {
      description: "The same as `sslmode`.",
      deprecated: "use sslmode instead.",
      conflictsWith: ["sslmode"],
      validate: sslModeComplaint,
    }),
    sslrootcert: optional(string, {
      description: "The path of a PEM file with the certificate authorities to trust.",
    }),
    connect_timeout: optional(number, {
      description:
        "How many seconds a new connection may take, with its retries; `0` means no limit (default: `PGCONNECT_TIMEOUT`, then `180`).",
      validate: (seconds) =>
        Number.isInteger(seconds) && seconds >= -1
          ? null
          : `is ${seconds}. It must be a whole number of seconds, or 0 for no limit.`,
    }),
    max_connections: optional(number, {
      description:
        "How many connections to the server may be open at a time, over all databases; 0 means no limit (default: `20`).",
      validate: (count) =>
        Number.isInteger(count) && count >= -1
          ? null
          : `is ${count}. It must be a whole number, or 0 for no limit.`,
    }),
    expected_version: optional(string, {
      description:
        "The server's version, such as `15` or `15.4`, taken for granted instead of asked for. The default asks the server.",
      validate: (text) => {
        try {
          if (text !== "") parseExpectedVersion(text);
          return null;
        } catch (error) {
          return `is no version: ${error instanceof Error ? error.message : String(error)}`;
        }
      },
    }),
    aws_rds_iam_auth: optional(bool, {
      description:
        "Log in with a short-lived RDS token instead of a password (default: `false`). A new one is made for every connection that needs it.",
      conflictsWith: ["password"],
    }),
    aws_rds_iam_profile: optional(string, {
      description:
        "The AWS profile that makes the RDS token, and that `postgresql_rds_logical_replication` acts with (default: what the AWS SDK finds).",
    }),
    aws_rds_iam_region: optional(string, {
      description:
        "The AWS region of the server (default: the one in an RDS host name, then what the AWS SDK finds).",
    }),
    aws_rds_iam_provider_role_arn: optional(string, {
      description:
        "The AWS role to assume to make the RDS token, and for `postgresql_rds_logical_replication`.",
    }),
    azure_identity_auth: optional(bool, {
      description: "Azure identities are not supported; accepted for compatibility when `false`.",
      validate: (on) =>
        on ? `${NOT_SUPPORTED}: this provider cannot log in with an Azure identity. Set a password.` : null,
    }),
    azure_tenant_id: optional(string, {
      description: "Azure identities are not supported.",
      validate: (tenant) =>
        tenant === ""
          ? null
          : `${NOT_SUPPORTED}: this provider cannot log in with an Azure identity. Leave it out.`,
    }),
    gcp_iam_impersonate_service_account: optional(string, {
      description: "Google identities are not supported.",
      validate: (account) =>
        account === ""
          ? null
          : `${NOT_SUPPORTED}: this provider cannot log in with a Google identity. Leave it out.`,
    }),
  },
  blocks: {
    clientcert: {
      nesting: "list",
      maxItems: 1,
      description: "A client certificate to log in with.",
      attributes: {
        cert: required(string, {
          description: "The certificate: the path of a PEM file, or the PEM text itself with `sslinline`.",
        }),
        key: required(string, {
          description: "Its private key: the path of a PEM file, or the PEM text itself with `sslinline`.",
          sensitive: true,
        }),
        sslinline: optional(bool, {
          description: "Whether `cert` and `key` are PEM text and not paths (default: `false`).",
        }),
      },
    },
  },
} satisfies Schema;

type Block = typeof providerBlock;

/** The connection that a provider block describes; what it leaves out comes from the environment, then from defaults. */
export function connectionSettings(config: Config<Block>): ConnectionSettings {
  const host = withoutBrackets(config.host || env["PGHOST"] || "localhost");
  const port = config.port ?? wholeNumber("PGPORT") ?? DEFAULT_CONNECTION_SETTINGS.port;
  const username = config.username || env["PGUSER"] || "postgres";
  const password = config.aws_rds_iam_auth
    ? rdsIamToken({ host, port, username, ...awsAccess(config) })
    : config.password || env["PGPASSWORD"] || null;
  const expectedVersion = parseExpectedVersion(config.expected_version || "9.0.0");
  return {
    host,
    port,
    username,
    database: config.database || env["PGDATABASE"] || "postgres",
    ...given("password", password),
    ssl: sslSettings(config),
    connectTimeoutSeconds:
      config.connect_timeout ??
      wholeNumber("PGCONNECT_TIMEOUT") ??
      DEFAULT_CONNECTION_SETTINGS.connectTimeoutSeconds,
    maxConnections: config.max_connections ?? DEFAULT_CONNECTION_SETTINGS.maxConnections,
    applicationName: DEFAULT_CONNECTION_SETTINGS.applicationName,
    ...given("expectedVersion", expectedVersion),
    ...given("readPasswordHashes", config.superuser ?? truth("PGSUPERUSER")),
  };
}

/** The access to AWS that a provider block describes. Without a region, an RDS host name gives it. */
export function awsAccess(config: Config<Block>): AwsAccess {
  return {
    ...given("region", config.aws_rds_iam_region),
    ...given("profile", config.aws_rds_iam_profile),
    ...given("roleArn", config.aws_rds_iam_provider_role_arn),
  };
}

function sslSettings(config: Config<Block>): SslSettings {
  const mode = config.sslmode || config.ssl_mode || env["PGSSLMODE"] || "require";
  if (!isSslMode(mode)) {
    throw new DiagnosticError("Invalid sslmode", `PGSSLMODE ${sslModeComplaint(mode) ?? ""}`);
  }
  const certificate = config.clientcert[0];
  return {
    mode,
    ...given("rootCert", config.sslrootcert || null),
    ...given(
      "clientCert",
      certificate
        ? { cert: certificate.cert, key: certificate.key, inline: certificate.sslinline === true }
        : null,
    ),
  };
}

function isSslMode(mode: string): mode is SslMode {
  return SSL_MODES.some((known) => known === mode);
}

function sslModeComplaint(mode: string): string | null {
  return mode === "" || isSslMode(mode)
    ? null
    : `is ${JSON.stringify(mode)}. It must be one of ${SSL_MODES.join(", ")}.`;
}

function wholeNumber(variable: string): number | null {
  const text = env[variable];
  if (!text) return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw new DiagnosticError(
    "Invalid environment variable",
    `${variable} is ${JSON.stringify(text)}. It must be a whole number.`,
  );
}

function truth(variable: string): boolean | null {
  const text = env[variable]?.toLowerCase();
  if (!text) return null;
  if (["1", "t", "true"].includes(text)) return true;
  if (["0", "f", "false"].includes(text)) return false;
  throw new DiagnosticError(
    "Invalid environment variable",
    `${variable} is ${JSON.stringify(env[variable])}. It must be true or false.`,
  );
}

/** Upstream builds a URL, where an IPv6 address is in brackets; as an address of its own, it has none. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

/** The property, where there is a value for it. */
function given<K extends string, T>(name: K, value: T | null): { [N in K]?: T } {
  return (value === null || value === "" ? {} : { [name]: value }) as { [N in K]?: T };
}
