import { Token } from "cdktf";
import { defined } from "../defined";
import { requireKnownInteger } from "../validation";

/**
 * DMS settings that sources and targets have in common.
 *
 * @see https://docs.aws.amazon.com/dms/latest/APIReference/API_PostgreSQLSettings.html
 */
export interface DmsPostgresSettings {
  /**
   * Timeout of a statement, in seconds.
   *
   * @default 60
   */
  readonly executeTimeout?: number;
  /**
   * Maximum size of a CSV file that DMS loads rows from, in KB.
   *
   * @default 32768
   */
  readonly maxFileSize?: number;
  /**
   * SQL statement that DMS runs on every new connection, without a semicolon.
   *
   * @default - none
   */
  readonly afterConnectScript?: string;
  /**
   * Whether DMS maps booleans to booleans instead of `varchar(5)`, the DMS default. Both endpoints must have the same value.
   *
   * @default true
   */
  readonly mapBooleanAsBoolean?: boolean;
  /**
   * Whether DMS maps `jsonb` to CLOB instead of NCLOB. Both endpoints must have the same value.
   *
   * @default false
   */
  readonly mapJsonbAsClob?: boolean;
  /**
   * DMS data type for `varchar` without a length. Both endpoints must have the same value.
   *
   * @default "wstring"
   */
  readonly mapLongVarcharAs?: "wstring" | "clob" | "nclob";
}

/**
 * DMS settings for PostgreSQL as a source.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
 */
export interface DmsSourceSettings extends DmsPostgresSettings {
  /**
   * Whether to capture DDL. Requires an event trigger on the source.
   *
   * @default true
   */
  readonly captureDdls?: boolean;
  /**
   * Schema with the objects that capture DDL.
   *
   * @default "public"
   */
  readonly ddlArtifactsSchema?: string;
  /**
   * Whether a task fails when it would truncate a LOB. The DMS default is to truncate it.
   *
   * @default true
   */
  readonly failTasksOnLobTruncation?: boolean;
  /**
   * Whether DMS writes a heartbeat to the publisher, so that the slot advances and WAL is released even if no client
   * writes.
   *
   * @default true
   */
  readonly heartbeatEnable?: boolean;
  /**
   * Time between two heartbeats, in minutes.
   *
   * @default 5
   */
  readonly heartbeatFrequency?: number;
  /**
   * Schema with the objects of the heartbeat.
   *
   * @default "public"
   */
  readonly heartbeatSchema?: string;
  /**
   * Output plugin that decodes WAL.
   *
   * @default "test_decoding" - available on every server
   */
  readonly pluginName?: "test_decoding" | "pglogical";
  /**
   * Existing logical slot with this plugin.
   *
   * @default - each task creates its own slot
   */
  readonly slotName?: string;
}

/**
 * DMS settings for PostgreSQL as a target.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.PostgreSQL.html
 */
export type DmsTargetSettings = DmsPostgresSettings;

/** All settings of an endpoint, by their names in the bindings. */
export type CompleteSettings = Readonly<Record<string, string | number | boolean>>;

/**
 * All settings of a source.
 *
 * @throws Error if a number is not above zero.
 */
export function sourceSettings(given: DmsSourceSettings): CompleteSettings {
  const { heartbeatFrequency = 5 } = given;
  requireKnownInteger("settings.heartbeatFrequency", heartbeatFrequency, { min: 1 });
  return {
    captureDdls: given.captureDdls ?? true,
    ddlArtifactsSchema: given.ddlArtifactsSchema ?? "public",
    failTasksOnLobTruncation: given.failTasksOnLobTruncation ?? true,
    heartbeatEnable: given.heartbeatEnable ?? true,
    heartbeatFrequency,
    heartbeatSchema: given.heartbeatSchema ?? "public",
    pluginName: given.pluginName ?? "test_decoding",
    ...defined({ slotName: given.slotName }),
    ...targetSettings(given),
  };
}

/**
 * All settings of a target.
 *
 * @throws Error if a number is not above zero.
 */
export function targetSettings(given: DmsTargetSettings): CompleteSettings {
  const { executeTimeout = 60, maxFileSize = 32_768, afterConnectScript } = given;
  requireKnownInteger("settings.executeTimeout", executeTimeout, { min: 1 });
  requireKnownInteger("settings.maxFileSize", maxFileSize, { min: 1 });
  return {
    executeTimeout,
    mapBooleanAsBoolean: given.mapBooleanAsBoolean ?? true,
    mapJsonbAsClob: given.mapJsonbAsClob ?? false,
    mapLongVarcharAs: given.mapLongVarcharAs ?? "wstring",
    maxFileSize,
    ...defined({ afterConnectScript }),
  };
}

/**
 * The same settings as extra connection attributes.
 *
 * @throws Error if a value contains a semicolon, which separates attributes.
 */
export function extraConnectionAttributes(settings: CompleteSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      if (typeof value === "string" && !Token.isUnresolved(value) && value.includes(";")) {
        throw new Error(
          `settings.${name} must not contain a semicolon, which separates extra connection attributes. Got ${JSON.stringify(value)}.`,
        );
      }
      return `${name.charAt(0).toUpperCase()}${name.slice(1)}=${value}`;
    })
    .join(";");
}
