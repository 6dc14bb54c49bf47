import { App } from "cdktf";
import { PROVIDER_ADDRESS } from "../../facts/provider-address";
import { terraformModules } from "../../terraform-modules/all";
import type { ModuleConfiguration, TerraformModule } from "../../terraform-modules/terraform-module";
import { moduleReadme } from "../../tools/module-readme";

interface Synthesized {
  readonly name: string;
  readonly module: TerraformModule;
  readonly configuration: ModuleConfiguration;
  /** `main.tf.json`. */
  readonly text: string;
}

function synthesize(): Synthesized[] {
  const app = new App();
  return Object.entries(terraformModules).map(([name, Module]) => {
    const module = new Module(app, name);
    const configuration = module.toTerraform();
    return { name, module, configuration, text: JSON.stringify(configuration) };
  });
}

const modules = synthesize();

function find(name: string): ModuleConfiguration {
  const found = modules.find((module) => module.name === name);
  if (found === undefined) {
    throw new Error(`There is no module ${name}.`);
  }
  return found.configuration;
}

test("there are the five that are announced", () => {
  expect(modules.map(({ name }) => name)).toEqual([
    "logical-replication-parameter-group",
    "aurora-publisher",
    "replication-access",
    "native-replication",
    "dms-migration",
  ]);
});

test("they are the same, byte by byte, when made again", () => {
  expect(synthesize().map(({ text }) => text)).toEqual(modules.map(({ text }) => text));
});

describe.each(modules)("$name", ({ name, module, configuration, text }) => {
  test("configures no provider and no backend, and has nothing in it of where it was made", () => {
    expect(Object.keys(configuration)).not.toContain("provider");
    expect(Object.keys(configuration.terraform).sort()).toEqual(["required_providers", "required_version"]);
    expect(text).not.toContain('"//"');
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain("TfToken");
  });

  test("asks for ranges of versions", () => {
    const { required_version: terraform, required_providers: providers } = configuration.terraform;
    expect(terraform).toBe(">= 1.11.0");
    for (const { version } of Object.values(providers)) {
      expect(version).toMatch(/^(>=|~>) /);
    }
  });

  test("types and describes its variables, and describes its outputs", () => {
    for (const variable of Object.values(configuration.variable)) {
      expect(variable).toMatchObject({
        type: expect.any(String) as string,
        description: expect.stringMatching(/[.)]$/) as string,
        nullable: variable.default === null,
      });
    }
    for (const output of Object.values(configuration.output)) {
      expect(output.description).toMatch(/\.$/);
    }
  });

  test("declares every variable that it uses, and uses every variable that it declares", () => {
    const { variable, ...rest } = configuration;
    const used = new Set([...text.matchAll(/\bvar\.(\w+)/g)].map(([, used]) => used));
    expect([...used].filter((used) => !(String(used) in variable))).toEqual([]);
    const body = JSON.stringify(rest);
    const idle = Object.keys(variable).filter(
      (declared) => !new RegExp(`\\bvar\\.${declared}\\b`).test(body),
    );
    // One that only permits something is in the conditions of others.
    expect(idle).toEqual(name === "replication-access" ? ["allow_from_anywhere"] : []);
  });

  test("uses the configurations of providers that it asks for", () => {
    const asked = Object.values(configuration.terraform.required_providers).flatMap(
      ({ configuration_aliases: aliases = [] }) => aliases,
    );
    const used = [...text.matchAll(/"provider":"([^"]+)"/g)].map(([, provider]) => provider);
    expect([...new Set(used)].sort()).toEqual([...asked].sort());
  });

  test("has a README with an example, its requirements, and every input and output", () => {
    const readme = moduleReadme(name, module.guide, configuration);
    expect(readme).toContain(`# ${name}\n`);
    expect(readme).toContain(`source = "./terraform-modules/${name}"`);
    for (const [input, variable] of Object.entries(configuration.variable)) {
      const usual = "default" in variable ? `\`${JSON.stringify(variable.default)}\`` : "required";
      expect(readme).toMatch(new RegExp(`^\\| \`${input}\` \\| .+ \\| ${escape(usual)} \\|$`, "m"));
    }
    for (const output of Object.keys(configuration.output)) {
      expect(readme).toMatch(new RegExp(`^\\| \`${output}\` \\| .+ \\|$`, "m"));
    }
  });
});

test.each(["native-replication", "dms-migration"])("%s takes a publisher and a subscriber", (name) => {
  expect(find(name).terraform.required_providers["postgresql"]).toEqual({
    source: PROVIDER_ADDRESS,
    version: expect.stringMatching(/^~> \d+\.\d+$/) as string,
    configuration_aliases: ["postgresql.publisher", "postgresql.subscriber"],
  });
});

test("a role is a member of rds_replication, or has the REPLICATION attribute, as the variable says", () => {
  const { postgresql_role: roles } = find("native-replication").resource as Record<string, object>;
  expect(Object.values(roles ?? {})).toEqual([
    expect.objectContaining({
      roles: '${var.rds_replication ? ["rds_replication"] : null}',
      replication: "${var.rds_replication ? null : true}",
    }),
  ]);
});

test("the replication's password is in no state and no plan", () => {
  expect(find("native-replication").variable["password"]).toMatchObject({ sensitive: true, ephemeral: true });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
