import { App, Testing, type TerraformStack } from "cdktf";
import type { CloudProps } from "../../stacks/hcp-terraform";
import { DmsMigrationStack } from "../../stacks/dms-migration";
import { LocalReplicationStack } from "../../stacks/local-replication";
import { NativeReplicationStack } from "../../stacks/native-replication";

const variables = ["TF_CLOUD_ORGANIZATION", "TF_WORKSPACE", "TF_CLOUD_HOSTNAME"] as const;
const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));

function setEnvironment(values: Partial<Record<(typeof variables)[number], string>>): void {
  for (const name of variables) {
    delete process.env[name];
  }
  Object.assign(process.env, values);
}

beforeEach(() => setEnvironment({}));

afterAll(() => setEnvironment(Object.fromEntries(Object.entries(before).filter(([, value]) => value))));

function cloudOf(stack: TerraformStack): unknown {
  const { terraform } = JSON.parse(Testing.synth(stack, true)) as {
    terraform: { cloud?: unknown; backend?: unknown };
  };
  if (terraform.cloud !== undefined) {
    expect(terraform).not.toHaveProperty("backend");
  }
  return terraform.cloud;
}

function local(cloud?: CloudProps): TerraformStack {
  return new LocalReplicationStack(Testing.app(), "local", cloud && { cloud });
}

const inCloud: CloudProps = { organization: "acme", workspace: "orders" };

test.each<[string, (cloud: CloudProps) => TerraformStack]>([
  ["local", local],
  [
    "native",
    (cloud) =>
      new NativeReplicationStack(Testing.app(), "native", {
        publisher: { kind: "new-cluster", engineVersion: "17" },
        subscriber: { kind: "new-instance", engineVersion: "17" },
        cloud,
      }),
  ],
  [
    "dms",
    (cloud) =>
      new DmsMigrationStack(Testing.app(), "dms", {
        publisher: { kind: "cluster", clusterIdentifier: "a", databaseName: "app" },
        subscriber: { kind: "instance", dbInstanceIdentifier: "b", databaseName: "app" },
        tableMappings: { selection: [{ ruleAction: "include", schemaName: "public", tableName: "%" }] },
        dmsRoles: "never",
        cloud,
      }),
  ],
])("the stack %s runs in the workspace that it is given", (_, stack) => {
  expect(cloudOf(stack(inCloud))).toEqual({ organization: "acme", workspaces: { name: "orders" } });
});

test("the workspace may be in a project and of Terraform Enterprise, and be chosen by tags", () => {
  expect(
    cloudOf(
      local({ organization: "acme", tags: ["orders", "eu"], project: "shop", hostname: "tfe.example.com" }),
    ),
  ).toEqual({
    organization: "acme",
    hostname: "tfe.example.com",
    workspaces: { tags: ["orders", "eu"], project: "shop" },
  });
});

test("without a property, the environment says where it runs; without that, it runs here", () => {
  expect(cloudOf(local())).toBeUndefined();
  setEnvironment({ TF_CLOUD_ORGANIZATION: "acme", TF_WORKSPACE: "orders" });
  expect(cloudOf(local())).toEqual({ organization: "acme", workspaces: { name: "orders" } });
  setEnvironment({
    TF_CLOUD_ORGANIZATION: "acme",
    TF_WORKSPACE: "orders",
    TF_CLOUD_HOSTNAME: "tfe.example.com",
  });
  expect(cloudOf(local())).toMatchObject({ hostname: "tfe.example.com" });
  expect(cloudOf(local({ organization: "other", workspace: "mine" }))).toEqual({
    organization: "other",
    workspaces: { name: "mine" },
  });
  setEnvironment({ TF_WORKSPACE: "orders" });
  expect(cloudOf(local())).toBeUndefined();
  setEnvironment({ TF_CLOUD_ORGANIZATION: "acme" });
  expect(() => local()).toThrow(
    'TF_WORKSPACE is required with TF_CLOUD_ORGANIZATION, which is "acme". Set it to the name of the workspace, or set the property cloud of the stack. Got none.',
  );
});

test("two stacks of an app cannot have one workspace, where each would destroy what is the other's", () => {
  const app = new App();
  new LocalReplicationStack(app, "one", { cloud: inCloud });
  new LocalReplicationStack(app, "other", { cloud: { ...inCloud, workspace: "others" } });
  new LocalReplicationStack(app, "elsewhere", { cloud: { ...inCloud, hostname: "tfe.example.com" } });
  expect(() => new LocalReplicationStack(app, "two", { cloud: inCloud })).toThrow(
    "The stacks one and two have the same workspace, app.terraform.io/acme/orders: each would plan to destroy the resources of the other. Set the property cloud of each stack to its own workspace.",
  );
  setEnvironment({ TF_CLOUD_ORGANIZATION: "acme", TF_WORKSPACE: "others" });
  expect(() => new LocalReplicationStack(app, "three")).toThrow("The stacks other and three");
});

test.each<[Record<string, unknown>, string]>([
  [{ organization: "", workspace: "w" }, "cloud.organization must not be empty."],
  [{ organization: "acme", workspace: "" }, "cloud.workspace must not be empty."],
  [{ organization: "acme", tags: [] }, "cloud.tags must contain at least one tag. Got none."],
  [{ organization: "acme" }, "cloud must have exactly one of workspace and tags. Got neither."],
  [
    { organization: "acme", workspace: "w", tags: ["t"] },
    "cloud must have exactly one of workspace and tags. Got both.",
  ],
])("%j is refused", (cloud, message) => {
  expect(() => local(cloud as Partial<CloudProps> as CloudProps)).toThrow(message);
});
