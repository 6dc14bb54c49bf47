import { DmsRoles, type DmsRolesProps } from "../../../modules/dms";
import { terraformOutputs } from "../replication/terraform-outputs";
import { TerraformLocal, TerraformOutput } from "cdktf";
import { all, conditions, matching, only, synthesizedStack } from "../aurora/synthesized-stack";

function roles(props: DmsRolesProps) {
  const made: DmsRoles[] = [];
  const { resource = {}, data = {} } = synthesizedStack((stack) => {
    made.push(new DmsRoles(stack, "roles", props));
  });
  return { ready: made[0]?.ready, resource, data };
}

describe("DmsRoles", () => {
  test("creates the roles by the names that DMS looks for, with AWS's policies, for this account's DMS only", () => {
    const { resource, ready } = roles({ mode: "create", tags: { team: "data" } });
    expect(all(resource, "aws_iam_role")).toMatchObject([
      { name: "dms-cloudwatch-logs-role", tags: { team: "data" } },
      { name: "dms-vpc-role", tags: { team: "data" } },
    ]);
    for (const role of all(resource, "aws_iam_role")) {
      expect(role["assume_role_policy"]).toEqual(
        matching(
          /"Service" = "dms\.amazonaws\.com".*"aws:SourceAccount" = data\.aws_caller_identity\.\w+\.account_id/,
        ),
      );
      expect(role["assume_role_policy"]).toEqual(matching(/"aws:SourceArn" = "arn:.*:dms:\*:.*:\*"/));
    }
    expect(all(resource, "aws_iam_role_policy_attachment").map((it) => it["policy_arn"])).toEqual([
      matching(/:iam::aws:policy\/service-role\/AmazonDMSCloudWatchLogsRole$/),
      matching(/:iam::aws:policy\/service-role\/AmazonDMSVPCManagementRole$/),
    ]);
    expect(ready).toHaveLength(2);
  });

  test("adopts those that are there, changes nothing about them, and says what to do when one is missing", () => {
    const { resource, data, ready } = roles({ mode: "existing" });
    expect(resource).toEqual({});
    const found = all(data, "aws_iam_roles");
    expect(found.map((it) => it["name_regex"])).toEqual(["^dms-cloudwatch-logs-role$", "^dms-vpc-role$"]);
    expect(ready).toHaveLength(2);
    const [exists] = conditions(found[1] ?? {}, "postcondition");
    expect(exists?.error_message).toMatch(/^The account has no IAM role dms-vpc-role.*mode "create"/);
    const verdicts = terraformOutputs((stack) => {
      for (const [name, names] of Object.entries({ there: ["dms-vpc-role"], missing: [] })) {
        const self = `local.${new TerraformLocal(stack, name, { names }).friendlyUniqueId}`;
        new TerraformOutput(stack, `${name}_verdict`, { value: exists?.condition.replaceAll("self", self) });
      }
    });
    expect(verdicts).toEqual({ there_verdict: true, missing_verdict: false });
  });

  test("leaves them alone", () => {
    expect(roles({ mode: "never" })).toEqual({ ready: [], resource: {}, data: {} });
  });

  test("are one of three", () => {
    // @ts-expect-error nothing else
    expect(() => only(roles({ mode: "maybe" }).resource, "aws_iam_role")).toThrow();
  });
});
