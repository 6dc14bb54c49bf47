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

/** The `provider "postgresql" { … }` block: upstream's attributes, environment variables and defaults. */
export const providerBlock = {
  description:
    "Manages PostgreSQL servers and the logical replication between them: publications, subscriptions, replication slots, roles, grants, and the tables of a publication at the subscriber. The schema is a superset of the cyrilgdn/postgresql provider's.",
  attributes: {
    scheme: optional(string, {
      description:
        "Driver: `postgres` or `awspostgres` (default: `postgres`). Both have the same effect; other attributes configure TLS and authentication.",
      validate: (scheme) =>
        scheme === "postgres" || scheme === "awspostgres"
          ? null
          : `is ${JSON.stringify(scheme)}. This provider supports postgres and awspostgres; for Google Cloud SQL use scheme = "postgres" through the Cloud SQL Auth Proxy.`,
    }),
    host: optional(string, {
      description:
        "Host name or IP address of the server, or the directory of its Unix socket (default: `PGHOST`, then `localhost`). An IPv6 address can be in brackets.",
    }),
    port: optional(number, {
      description: "Port of the server (default: `PGPORT`, then `5432`).",
      validate: (port) =>
        Number.isInteger(port) && port >= 1 && port <= 65535
          ? null
          : `is ${port}. It must be between 1 and 65535.`,
    }),
    database: optional(string, {
      description:
        "Database to connect to if a resource does not set one (default: `PGDATABASE`, then `postgres`).",
    }),
    username: optional(string, {
      description: "User to connect as (default: `PGUSER`, then `postgres`).",
    }),
    password: optional(string, {
      description: "Password of the user (default: `PGPASSWORD`).",
      sensitive: true,
    }),
    database_username: optional(string, {
      description:
        "Role that the server maps the user to, if it differs. Accepted for compatibility: the provider reads the role from the server.",
    }),
    superuser: optional(bool, {
      description:
        "Whether the user may be a superuser (default: `PGSUPERUSER`, then `true`). With `false`, the provider does not read password hashes. It reads all other privileges from the server.",
    }),
    sslmode: optional(string, {
      description:
        "TLS mode, the same as in libpq: `disable`, `allow`, `prefer`, `require`, `verify-ca`, `verify-full` (default: `PGSSLMODE`, then `require`).",
      validate: sslModeComplaint,
    }),
    ssl_mode: optional(string, {
      description: "Alias of `sslmode`.",
      deprecated: "use sslmode instead.",
      conflictsWith: ["sslmode"],
      validate: sslModeComplaint,
    }),
    sslrootcert: optional(string, {
      description: "Path of a PEM file with the trusted certificate authorities (default: those of Node.js).",
    }),
    connect_timeout: optional(number, {
      description:
        "Time limit for a new connection in seconds, including retries; `0` for no limit (default: `PGCONNECT_TIMEOUT`, then `180`).",
      validate: (seconds) =>
        Number.isInteger(seconds) && seconds >= -1
          ? null
          : `is ${seconds}. It must be a whole number of seconds, or 0 for no limit.`,
    }),
    max_connections: optional(number, {
      description:
        "Maximum number of open connections to the server, over all databases; `0` for no limit (default: `20`).",
      validate: (count) =>
        Number.isInteger(count) && count >= -1
          ? null
          : `is ${count}. It must be a whole number, or 0 for no limit.`,
    }),
    expected_version: optional(string, {
      description:
        "Version of the server, such as `15` or `15.4`, to assume (default: the version that the server reports).",
      validate: (text) => {
        try {
          if (text !== "") parseExpectedVersion(text);
          return null;
        } catch (error) {
          return `is not a version: ${error instanceof Error ? error.message : String(error)}`;
        }
      },
    }),
    aws_rds_iam_auth: optional(bool, {
      description:
        "Whether to log in with a short-lived RDS IAM token instead of a password (default: `false`). The provider signs new tokens as needed.",
      conflictsWith: ["password"],
    }),
    aws_rds_iam_profile: optional(string, {
      description:
        "AWS profile for the RDS IAM token and for `postgresql_rds_logical_replication` (default: the AWS SDK's default chain).",
    }),
    aws_rds_iam_region: optional(string, {
      description:
        "AWS region of the server (default: the region in an RDS host name, then the AWS SDK's default).",
    }),
    aws_rds_iam_provider_role_arn: optional(string, {
      description:
        "ARN of an AWS role to assume for the RDS IAM token and for `postgresql_rds_logical_replication` (default: no role).",
    }),
    azure_identity_auth: optional(bool, {
      description:
        "Whether to log in with an Azure identity, which is not supported (default: `false`). Accepted for compatibility; `true` is an error.",
      validate: (on) =>
        on ? `${NOT_SUPPORTED}: this provider cannot log in with an Azure identity. Set a password.` : null,
    }),
    azure_tenant_id: optional(string, {
      description: "Azure tenant. Not supported.",
      validate: (tenant) =>
        tenant === ""
          ? null
          : `${NOT_SUPPORTED}: this provider cannot log in with an Azure identity. Remove it.`,
    }),
    gcp_iam_impersonate_service_account: optional(string, {
      description: "Google service account to impersonate. Not supported.",
      validate: (account) =>
        account === ""
          ? null
          : `${NOT_SUPPORTED}: this provider cannot log in with a Google identity. Remove it.`,
    }),
  },
  blocks: {
    clientcert: {
      nesting: "list",
      maxItems: 1,
      description: "Client certificate for authentication.",
      attributes: {
        cert: required(string, {
          description:
            "Certificate: the path of a PEM file, or the PEM text itself if `sslinline` is `true`.",
        }),
        key: required(string, {
          description:
            "Private key: the path of a PEM file, or the PEM text itself if `sslinline` is `true`.",
          sensitive: true,
        }),
        sslinline: optional(bool, {
          description: "Whether `cert` and `key` are PEM text instead of paths (default: `false`).",
        }),
      },
    },
  },
} satisfies Schema;

type Block = typeof providerBlock;

/** The connection settings of a provider block. Environment variables, then defaults, replace attributes that are not set. */
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

/** Upstream builds a URL, in which an IPv6 address has brackets. A plain address has none. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

/** The property, if it has a value. */
function given<K extends string, T>(name: K, value: T | null): { [N in K]?: T } {
  return (value === null || value === "" ? {} : { [name]: value }) as { [N in K]?: T };
}
