import { TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { ReplicationClusterParameterGroup, ReplicationDbParameterGroup } from "../../../modules/aurora";
import type { ParameterGroupProps } from "../../../modules/aurora/parameter-group";
import { replicationParameters } from "../../../modules/aurora/replication-parameters";
import { conditions, only, synthesizedStack } from "./synthesized-stack";

describe.each([
  {
    group: ReplicationClusterParameterGroup,
    type: "aws_rds_cluster_parameter_group",
    family: "aurora-postgresql",
  },
  { group: ReplicationDbParameterGroup, type: "aws_db_parameter_group", family: "postgres" },
])("$group.name", ({ group: Group, type, family }) => {
  function synth(props: Partial<ParameterGroupProps> | ((scope: Construct) => Partial<ParameterGroupProps>)) {
    const groups: InstanceType<typeof Group>[] = [];
    const { resource } = synthesizedStack((stack) => {
      const given = typeof props === "function" ? props(stack) : props;
      groups.push(new Group(stack, "parameters", { engineVersion: "16.4", ...given }));
    });
    return { construct: groups[0], group: only(resource, type) };
  }

  test("has the version's family and the replication's parameters, and comes before a former group goes", () => {
    const { group } = synth({ tags: { team: "data" } });
    expect(group).toEqual({
      name_prefix: "logical-replication-",
      family: `${family}16`,
      description: "PostgreSQL logical replication",
      parameter: replicationParameters({}).map(({ name, value, applyMethod }) => ({
        name,
        value,
        apply_method: applyMethod,
      })),
      tags: { team: "data" },
      lifecycle: { create_before_destroy: true },
    });
  });

  test("rds.logical_replication waits for a reboot, since RDS refuses anything else", () => {
    expect(synth({}).group).toMatchObject({
      parameter: expect.arrayContaining([
        { name: "rds.logical_replication", value: "1", apply_method: "pending-reboot" },
      ]) as unknown,
    });
  });

  test("tells its name, its family, and which parameters wait for a reboot", () => {
    const { construct } = synth({
      tablesSyncedAtOnce: 4,
      parameters: { wal_sender_timeout: { value: 0, applyMethod: "immediate" }, "rds.force_ssl": 1 },
    });
    expect(construct).toMatchObject({
      name: expect.stringContaining("TfToken") as unknown,
      family: `${family}16`,
      staticParameters: {
        "rds.logical_replication": "1",
        "rds.force_ssl": "1",
        max_replication_slots: "20",
        max_wal_senders: "25",
        max_logical_replication_workers: "12",
        max_worker_processes: "GREATEST({DBInstanceVCPU*2},23)",
      },
    });
  });

  test("a name that begins otherwise, and a family that goes with the version, are taken", () => {
    expect(synth({ namePrefix: "orders-", family: `${family}16` }).group).toMatchObject({
      name_prefix: "orders-",
      family: `${family}16`,
    });
  });

  test("a family that does not go with the version is refused", () => {
    expect(() => synth({ family: `${family}15` })).toThrow(
      `family must be ${family}16, the family of the engine version. Change it or omit it. Got "${family}15".`,
    );
  });

  test("a version without logical replication is refused", () => {
    expect(() => synth({ engineVersion: "10.3" })).toThrow(/^engineVersion must be 10\.[46] or later/);
  });

  test("of a version that only Terraform knows, Terraform finds out the family, and whether it will do", () => {
    const { group } = synth((scope) => ({
      engineVersion: new TerraformVariable(scope, "release", { type: "string" }).stringValue,
    }));
    expect(group["family"]).toContain(`format("${family}%s"`);
    expect(conditions(group, "precondition")).toHaveLength(1);
  });
});
