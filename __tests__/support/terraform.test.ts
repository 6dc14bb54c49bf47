import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { eventually } from "./eventually";
import { createTerraform, type TerraformError } from "./terraform";

/** Terraform's built-in resource: real plans and states without a provider of ours. */
function data(arguments_: Record<string, unknown>, name = "a") {
  return { resource: { terraform_data: { [name]: arguments_ } } };
}

test("an apply writes state, and the plan after it is empty", async () => {
  const terraform = await createTerraform();
  await terraform.write(data({ input: { size: 1 } }));
  const run = await terraform.apply();
  expect(run.actions).toEqual({ "terraform_data.a": "create" });
  expect(run.diagnostics).toEqual([]);
  expect(await terraform.state("terraform_data.a")).toMatchObject({ input: { value: { size: 1 } } });
  expect(await terraform.state("terraform_data.b")).toBeUndefined();
  await terraform.expectEmptyPlan();
});

test("there is no state before the first apply", async () => {
  const terraform = await createTerraform();
  expect(await terraform.state("terraform_data.a")).toBeUndefined();
});

test("instances of a resource are told apart by their key", async () => {
  const terraform = await createTerraform();
  await terraform.write(data({ for_each: { x: "1", y: "2" }, input: "${each.value}" }));
  await terraform.apply();
  expect(await terraform.state('terraform_data.a["y"]')).toMatchObject({ input: { value: "2" } });
});

test("a plan tells updates, replacements and deletions, with the values before and after", async () => {
  const terraform = await createTerraform();
  const update = { input: "old" };
  const replace = { triggers_replace: "old" };
  await terraform.write({ resource: { terraform_data: { update, replace, remove: {} } } });
  await terraform.apply();
  await terraform.write({
    resource: { terraform_data: { update: { input: "new" }, replace: { triggers_replace: "new" }, add: {} } },
  });
  const plan = await terraform.plan();
  expect(plan.actions).toEqual({
    "terraform_data.add": "create",
    "terraform_data.update": "update",
    "terraform_data.replace": "replace",
    "terraform_data.remove": "delete",
  });
  expect(plan.changes["terraform_data.update"]).toMatchObject({
    before: { input: "old" },
    after: { input: "new" },
    after_unknown: { output: true },
  });
  expect(plan.changes["terraform_data.replace"]?.replace_paths).toEqual([["triggers_replace"]]);
});

test("a plan that should be empty and is not fails with each attribute that would change", async () => {
  const terraform = await createTerraform();
  const output = { output: { o: { value: "${terraform_data.a.output}" } } };
  await terraform.write({ ...data({ input: "old" }), ...output });
  await terraform.apply();
  await terraform.write({ ...data({ input: "new" }), ...output });
  await expect(terraform.expectEmptyPlan()).rejects.toThrow(
    [
      "Expected an empty plan, but Terraform would change:",
      "  terraform_data.a: update",
      '    input: "old" -> "new"',
      '    output: "old" -> (known after apply)',
      "  output.o: update",
    ].join("\n"),
  );
});

test("an error names the resource and the attribute", async () => {
  const terraform = await createTerraform();
  await terraform.write({ data: { terraform_remote_state: { a: { backend: "nonsense" } } } });
  const error = await terraform.apply().catch((reason: TerraformError) => reason);
  const address = "data.terraform_remote_state.a";
  expect(error).toMatchObject({
    name: "TerraformError",
    message: `terraform apply: Invalid backend configuration (${address}.backend): There is no backend type named "nonsense".`,
    exitCode: 1,
    diagnostics: [
      { severity: "error", summary: "Invalid backend configuration", address, attribute: "backend" },
    ],
  });
});

test("an error about a whole resource has its address and no attribute", async () => {
  const terraform = await createTerraform();
  await terraform.write({
    data: { terraform_remote_state: { a: { backend: "local", config: { path: "none" } } } },
  });
  const error = await terraform.apply().catch((reason: TerraformError) => reason);
  expect((error as TerraformError).diagnostics).toEqual([
    {
      severity: "error",
      summary: "Unable to find remote state",
      detail: "No stored state was found for the given workspace in the given backend.",
      address: "data.terraform_remote_state.a",
    },
  ]);
});

test("an imported object is in the state", async () => {
  const terraform = await createTerraform();
  await terraform.write(data({}));
  await terraform.import("terraform_data.a", "some id");
  expect(await terraform.state("terraform_data.a")).toMatchObject({ id: "some id" });
  await terraform.expectEmptyPlan();
});

test("a failed import has diagnostics too", async () => {
  const terraform = await createTerraform();
  await terraform.write(data({}));
  await terraform.import("terraform_data.a", "once");
  const error = await terraform.import("terraform_data.a", "twice").catch((reason: TerraformError) => reason);
  expect(error).toMatchObject({
    message: expect.stringContaining("must first remove the existing object from the state.") as string,
    diagnostics: [{ severity: "error", summary: "Resource already managed by Terraform" }],
  });
});

test("destroy leaves an empty state", async () => {
  const terraform = await createTerraform();
  await terraform.write(data({}));
  await terraform.apply();
  expect((await terraform.destroy()).actions).toEqual({ "terraform_data.a": "delete" });
  expect(await terraform.state("terraform_data.a")).toBeUndefined();
});

test("the files of a working directory are shown with what is packed inside a plan", async () => {
  const terraform = await createTerraform();
  await terraform.write(data({ input: "find-me" }));
  await terraform.plan();
  const files = await terraform.files();
  expect(Object.keys(files)).toEqual(expect.arrayContaining(["main.tf.json", "tfplan", "tfplan/tfplan"]));
  expect(files["tfplan"]).not.toContain("find-me");
  expect(files["tfplan/tfplan"]).toContain("find-me");
});

test("a secret variable reaches Terraform and no file", async () => {
  const terraform = await createTerraform({ secrets: { token: "s3cret-value" } });
  await terraform.write({
    ...data({ input: "public" }),
    check: {
      secret: { assert: { condition: "${length(var.token) == 12}", error_message: "It did not arrive." } },
    },
  });
  expect((await terraform.plan()).diagnostics).toEqual([]);
  await terraform.apply();
  expect(JSON.stringify(await terraform.files())).not.toContain("s3cret-value");
});

test("an interrupted apply ends with what was done until then in the state", async () => {
  const terraform = await createTerraform();
  await terraform.write({
    resource: {
      terraform_data: {
        first: {},
        second: {
          depends_on: ["terraform_data.first"],
          provisioner: { "local-exec": { command: "touch started; exec sleep 60" } },
        },
      },
    },
  });
  const run = await terraform.applyUntil(async () => "started" in (await terraform.files()));
  expect(run.exitCode).toBe(1);
  expect(run.output).toContain("Interrupt received");
  expect(await terraform.state("terraform_data.first")).toBeDefined();
});

test("an apply that ends before it is interrupted is an error", async () => {
  const terraform = await createTerraform();
  await terraform.write(data({}));
  await expect(terraform.applyUntil(() => false)).rejects.toThrow(
    "Terraform ended before it was to be interrupted",
  );
});

test("a killed Terraform has no exit code, and its state can be used again", async () => {
  const terraform = await createTerraform();
  await terraform.write(data({ provisioner: { "local-exec": { command: "touch started; exec sleep 60" } } }));
  const running = terraform.start("apply");
  await eventually(async () => "started" in (await terraform.files()));
  await expect(running.killProvider()).rejects.toThrow("Terraform has started no provider.");
  running.kill();
  expect((await running.ended).exitCode).toBeNull();
  await terraform.write(data({}));
  await terraform.apply();
});

test("a missing terraform is a failure that says so", async () => {
  const terraform = await createTerraform({ environment: { PATH: "/nowhere" } });
  await expect(terraform.apply()).rejects.toThrow("terraform could not be started (spawn terraform ENOENT)");
});

test("a working directory lies in the system's temporary folder", async () => {
  const { directory } = await createTerraform();
  expect(directory.startsWith(tmpdir())).toBe(true);
  expect(await readdir(directory)).toEqual(["harness.tf.json"]);
});
