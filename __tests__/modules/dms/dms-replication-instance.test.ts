import { TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import type { DmsReplicationInstanceProps } from "../../../modules/dms";
import { conditions, matching, only, synthesizedStack } from "../aurora/synthesized-stack";
import { replicationInstance } from "./dms-constructs";

function synth(given: object | ((scope: Construct) => object) = {}) {
  const { resource } = synthesizedStack((stack) => {
    const props = typeof given === "function" ? (given as (scope: Construct) => object)(stack) : given;
    replicationInstance(stack, props);
  });
  return { resource, main: only(resource, "aws_dms_replication_instance") };
}

const server = (engineVersion: string) => ({ servers: { source: { engine: "postgres", engineVersion } } });

describe("a DmsReplicationInstance", () => {
  test("is in its subnets and groups, out of the internet's reach, and keeps its version", () => {
    const { resource, main } = synth();
    expect(only(resource, "aws_dms_replication_subnet_group")).toMatchObject({
      replication_subnet_group_id: "orders",
      subnet_ids: ["subnet-1", "subnet-2"],
    });
    expect(main).toMatchObject({
      replication_instance_id: "orders",
      replication_instance_class: "dms.t3.medium",
      allocated_storage: 50,
      engine_version: "3.6.1",
      auto_minor_version_upgrade: false,
      allow_major_version_upgrade: true,
      apply_immediately: false,
      multi_az: false,
      publicly_accessible: false,
      replication_subnet_group_id: matching(/^\$\{aws_dms_replication_subnet_group\.\w+\.id\}$/),
      vpc_security_group_ids: ["sg-1"],
    });
    expect(main).not.toHaveProperty("availability_zone");
  });

  test("stays in its zone when the publisher goes to another one", () => {
    expect(synth({ availabilityZone: "eu-central-1b" }).main).toMatchObject({
      availability_zone: "eu-central-1b",
      lifecycle: { ignore_changes: ["availability_zone"] },
    });
  });

  test("may have a standby, and no zone of choice then", () => {
    expect(synth({ multiAz: true }).main).toMatchObject({ multi_az: true });
    expect(() => synth({ multiAz: true, availabilityZone: "eu-central-1b" })).toThrow(
      'availabilityZone must be omitted with multiAz: DMS chooses the zones. Got "eu-central-1b".',
    );
    const common = { replicationInstanceId: "a", servers: {}, subnetIds: [], vpcSecurityGroupIds: [] };
    // @ts-expect-error one or the other
    const props: DmsReplicationInstanceProps = { ...common, multiAz: true, availabilityZone: "a" };
    expect(props.multiAz).toBe(true);
  });

  test.each<[string, string, string]>([
    ["3.4.2", "13.18", "3.4.3"],
    ["3.4.6", "14", "3.4.7"],
    ["3.4.7", "15.2", "3.5.1"],
    ["3.5.2", "16.4", "3.5.3"],
    ["3.5.4", "17.2", "3.6.1"],
    ["3.5.4", "18", "3.6.1"],
  ])("of DMS %s is refused for PostgreSQL %s", (engineVersion, postgresql, needed) => {
    expect(() => synth({ engineVersion, ...server(postgresql) })).toThrow(
      `engineVersion must be ${needed} or later to connect to the source, which runs PostgreSQL ${postgresql}. Got ${engineVersion}.`,
    );
    expect(() => synth({ engineVersion: needed, ...server(postgresql) })).not.toThrow();
  });

  test("is refused by Terraform, where only Terraform knows PostgreSQL's version", () => {
    const unknown = (engineVersion: string) =>
      synth((scope) => ({
        engineVersion,
        ...server(new TerraformVariable(scope, "version", { type: "string" }).stringValue),
      }));
    expect(conditions(unknown("3.6.1").main, "precondition")).toEqual([]);
    expect(conditions(unknown("3.5.4").main, "precondition")).toEqual([
      {
        condition: matching(/tonumber\(regex\(".*", var\.version\)\[0\]\) < 17, false\)/),
        error_message:
          "engineVersion must be 3.6.1 or later to connect to the source, which runs PostgreSQL ${var.version}. Got 3.5.4.",
      },
    ]);
  });

  test.each<[object, string]>([
    [{ replicationInstanceId: "Orders" }, "replicationInstanceId must consist of 2 to 63 lower case letters"],
    [{ replicationInstanceId: "a" }, "replicationInstanceId must consist of 2 to 63 lower case letters"],
    [{ allocatedStorage: 4 }, "allocatedStorage must be a whole number of GB from 5 to 6144. Got 4."],
    [
      { engineVersion: "latest" },
      'engineVersion must be a DMS engine version, such as "3.6.1". Got "latest".',
    ],
  ])("%j is refused", (given, message) => {
    expect(() => synth(given)).toThrow(message);
  });
});
