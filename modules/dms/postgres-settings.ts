import { Token } from "cdktf";

/** @inline */
interface CommonSettings {
  /**
   * How long a statement may take, in seconds.
   *
   * @default 60
   */
  readonly executeTimeout?: number;
  /**
   * The greatest CSV file that rows are loaded from, in KB.
   *
   * @default 32768
   */
  readonly maxFileSize?: number;
  /**
   * A statement that is run on every connection, without a semicolon.
   *
   * @default - none
   */
  readonly afterConnectScript?: string;
  /**
   * Whether booleans stay booleans; DMS's own default makes them `varchar(5)`. Both endpoints have to agree.
   *
   * @default true
   */
  readonly mapBooleanAsBoolean?: boolean;
  /**
   * Whether `jsonb` is a CLOB to DMS, and no NCLOB. Both endpoints have to agree.
   *
   * @default false
   */
  readonly mapJsonbAsClob?: boolean;
  /**
   * What `varchar` without a length is to DMS. Both endpoints have to agree.
   *
   * @default "wstring"
   */
  readonly mapLongVarcharAs?: "wstring" | "clob" | "nclob";
}

/** DMS's settings for PostgreSQL as a source. */
export interface DmsSourceSettings extends CommonSettings {
  /**
   * Whether DDL is captured, by the event trigger that has to be there.
   *
   * @default true
   */
  readonly captureDdls?: boolean;
  /**
   * The schema with the objects that DDL is captured by.
   *
   * @default "public"
   */
  readonly ddlArtifactsSchema?: string;
  /**
   * Whether a task fails when a LOB would be cut off; DMS's own default is to cut it off.
   *
   * @default true
   */
  readonly failTasksOnLobTruncation?: boolean;
  /**
   * Whether DMS writes a heartbeat to the publisher, so that the slot advances, and lets go of WAL, when nobody else writes.
   *
   * @default true
   */
  readonly heartbeatEnable?: boolean;
  /**
   * The time between two heartbeats, in minutes.
   *
   * @default 5
   */
  readonly heartbeatFrequency?: number;
  /**
   * The schema with the heartbeat's objects.
   *
   * @default "public"
   */
  readonly heartbeatSchema?: string;
  /**
   * The plugin that decodes WAL.
   *
   * @default "test_decoding" - which every server has
   */
  readonly pluginName?: "test_decoding" | "pglogical";
  /**
   * A logical slot that exists already, with this plugin.
   *
   * @default - a task makes its own
   */
  readonly slotName?: string;
}

/** DMS's settings for PostgreSQL as a target. */
export type DmsTargetSettings = CommonSettings;

/** All settings of an endpoint by their names in Terraform's bindings. */
export type CompleteSettings = Readonly<Record<string, string | number | boolean>>;

/**
 * All settings of a source.
 *
 * @throws Error when one is out of its limits.
 */
export function sourceSettings(given: DmsSourceSettings): CompleteSettings {
  requirePositive("heartbeatFrequency", given.heartbeatFrequency);
  return {
    captureDdls: given.captureDdls ?? true,
    ddlArtifactsSchema: given.ddlArtifactsSchema ?? "public",
    failTasksOnLobTruncation: given.failTasksOnLobTruncation ?? true,
    heartbeatEnable: given.heartbeatEnable ?? true,
    heartbeatFrequency: given.heartbeatFrequency ?? 5,
    heartbeatSchema: given.heartbeatSchema ?? "public",
    pluginName: given.pluginName ?? "test_decoding",
    ...(given.slotName !== undefined && { slotName: given.slotName }),
    ...targetSettings(given),
  };
}

/**
 * All settings of a target.
 *
 * @throws Error when one is out of its limits.
 */
export function targetSettings(given: DmsTargetSettings): CompleteSettings {
  requirePositive("executeTimeout", given.executeTimeout);
  requirePositive("maxFileSize", given.maxFileSize);
  return {
    executeTimeout: given.executeTimeout ?? 60,
    mapBooleanAsBoolean: given.mapBooleanAsBoolean ?? true,
    mapJsonbAsClob: given.mapJsonbAsClob ?? false,
    mapLongVarcharAs: given.mapLongVarcharAs ?? "wstring",
    maxFileSize: given.maxFileSize ?? 32768,
    ...(given.afterConnectScript !== undefined && { afterConnectScript: given.afterConnectScript }),
  };
}

/**
 * The same settings as extra connection attributes.
 *
 * @throws Error when a value has a semicolon, which would end it.
 */
export function extraConnectionAttributes(settings: CompleteSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      if (typeof value === "string" && !Token.isUnresolved(value) && value.includes(";")) {
        throw new Error(
          `settings.${name} must not have a semicolon, which ends an attribute in DMS. Got ${JSON.stringify(value)}.`,
        );
      }
      return `${name.charAt(0).toUpperCase()}${name.slice(1)}=${value}`;
    })
    .join(";");
}

function requirePositive(name: string, value: number | undefined): void {
  if (value === undefined || Token.isUnresolved(value) || (Number.isInteger(value) && value >= 1)) return;
  throw new Error(`settings.${name} must be a whole number, 1 or more. Got ${value}.`);
}
