import type { DmsEndpointProps } from "../../../modules/dms";
import { matching, only, synthesizedStack } from "../aurora/synthesized-stack";
import { endpoint } from "./dms-constructs";

function synth(endpointType: "source" | "target", given: object = {}) {
  const { resource } = synthesizedStack((stack) => {
    endpoint(stack, endpointType, given);
  });
  return { resource, main: only(resource, "aws_dms_endpoint") };
}

const source = {
  capture_ddls: true,
  ddl_artifacts_schema: "public",
  execute_timeout: 60,
  fail_tasks_on_lob_truncation: true,
  heartbeat_enable: true,
  heartbeat_frequency: 5,
  heartbeat_schema: "public",
  map_boolean_as_boolean: true,
  map_jsonb_as_clob: false,
  map_long_varchar_as: "wstring",
  max_file_size: 32768,
  plugin_name: "test_decoding",
};

describe("a DmsEndpoint", () => {
  test("of a source has every setting of PostgreSQL, TLS, and no password of its own", () => {
    const { main } = synth("source");
    expect(main).toMatchObject({
      endpoint_id: "orders-source",
      endpoint_type: "source",
      engine_name: "aurora-postgresql",
      database_name: "app",
      ssl_mode: "require",
      secrets_manager_arn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders",
      secrets_manager_access_role_arn: matching(/^\$\{aws_iam_role\.\w+\.arn\}$/),
      depends_on: [matching(/^aws_iam_role_policy\./)],
    });
    expect(main["postgres_settings"]).toEqual(source);
    expect(Object.keys(main)).not.toEqual(expect.arrayContaining(["password", "username"]));
  });

  test("of a target has every setting of PostgreSQL that a target has", () => {
    const script = "SET session_replication_role='replica'";
    expect(synth("target", { settings: { afterConnectScript: script } }).main).toMatchObject({
      engine_name: "postgres",
      postgres_settings: {
        after_connect_script: script,
        execute_timeout: 60,
        map_boolean_as_boolean: true,
        map_jsonb_as_clob: false,
        map_long_varchar_as: "wstring",
        max_file_size: 32768,
      },
    });
  });

  test("has the same settings as attributes, whose changes the provider sends, and ignores the block's", () => {
    const attributes = (given: object) =>
      String(synth("source", { settings: given }).main["extra_connection_attributes"]);
    expect(attributes({}).split(";").sort()).toEqual([
      "CaptureDdls=true",
      "DdlArtifactsSchema=public",
      "ExecuteTimeout=60",
      "FailTasksOnLobTruncation=true",
      "HeartbeatEnable=true",
      "HeartbeatFrequency=5",
      "HeartbeatSchema=public",
      "MapBooleanAsBoolean=true",
      "MapJsonbAsClob=false",
      "MapLongVarcharAs=wstring",
      "MaxFileSize=32768",
      "PluginName=test_decoding",
    ]);
    expect(attributes({ heartbeatFrequency: 7, slotName: "mine" })).toMatch(
      /HeartbeatFrequency=7;.*SlotName=mine/,
    );
    expect(synth("source").main).toMatchObject({
      lifecycle: { ignore_changes: ["postgres_settings"] },
      pause_replication_tasks: true,
    });
  });

  test("is read its secret for by a role that the region's DMS has, and that may nothing else", () => {
    const { resource } = synth("source");
    expect(only(resource, "aws_iam_role")["assume_role_policy"]).toEqual(
      matching(/"Service" = "dms\.\$\{data\.aws_region\.\w+\.id\}\.amazonaws\.com"/),
    );
    const policy = only(resource, "aws_iam_role_policy")["policy"];
    expect(policy).toEqual(
      matching(
        /"Action" = \["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"\], "Resource" = "arn:aws:secretsmanager:[^"*]+"/,
      ),
    );
    expect(policy).not.toEqual(matching(/kms/));
    const encrypted = synth("source", { secretKmsKeyArn: "arn:key" }).resource;
    expect(only(encrypted, "aws_iam_role_policy")["policy"]).toEqual(
      matching(/"Action" = "kms:Decrypt", "Resource" = "arn:key".*"kms:ViaService" = "secretsmanager\./),
    );
  });

  test("verifies the server by the certificates that are given", () => {
    const { resource, main } = synth("source", { sslMode: "verify-full", certificatePem: "PEM" });
    expect(only(resource, "aws_dms_certificate")).toMatchObject({
      certificate_id: "orders-source",
      certificate_pem: "PEM",
    });
    expect(main).toMatchObject({
      ssl_mode: "verify-full",
      certificate_arn: matching(/^\$\{aws_dms_certificate\.\w+\.certificate_arn\}$/),
    });
  });

  test.each<[string, object, string]>([
    [
      "verified by nothing",
      { sslMode: "verify-full" },
      'certificatePem is required with sslMode "verify-full"',
    ],
    [
      "with certificates for nothing",
      { certificatePem: "PEM" },
      'certificatePem must be omitted with sslMode "require"',
    ],
    [
      "by a name of none",
      { endpointId: "Orders" },
      "endpointId must consist of 2 to 255 lower case letters, digits and single hyphens",
    ],
    [
      "with a heartbeat all the time",
      { settings: { heartbeatFrequency: 0 } },
      "settings.heartbeatFrequency must be a whole number, at least 1. Got 0.",
    ],
    [
      "with two statements in one",
      { settings: { afterConnectScript: "a; b" } },
      "settings.afterConnectScript must not contain a semicolon",
    ],
  ])("%s is refused", (_, given, message) => {
    expect(() => synth("source", given)).toThrow(message);
  });

  test("does not compile with what a target does not have, or what verifies nothing", () => {
    const common = {
      endpointId: "a",
      engine: "postgres",
      engineVersion: "16",
      databaseName: "a",
      secretArn: "a",
    } as const;
    const impossible: DmsEndpointProps[] = [
      // @ts-expect-error a target captures nothing
      { ...common, endpointType: "target", settings: { captureDdls: true } },
      // @ts-expect-error the certificates are missing
      { ...common, endpointType: "source", sslMode: "verify-ca" },
      // @ts-expect-error passwords are Secrets Manager's
      { ...common, endpointType: "source", password: "x" },
    ];
    expect(impossible).toHaveLength(3);
  });
});
