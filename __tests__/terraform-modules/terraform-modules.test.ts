import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_DMS_ENGINE_VERSION, UNSUPPORTED_BY_DMS } from "../../facts/dms-versions";
import { LOSSY_CACHE_VERSIONS, POSTGRESQL_ENGINES } from "../../facts/engine-versions";
import { PROVIDER_SOURCE } from "../../facts/provider-address";
import { SSL_MODES } from "../../facts/sslmodes";
import { FILTERABLE_TYPES } from "../../modules/dms/row-filter";
import { version } from "../../package.json";
import { type ModuleVariable, readTerraformModule, type TerraformModule } from "../../tools/terraform-module";

const folder = join(__dirname, "..", "..", "terraform-modules");
const names = [
  "aurora-publisher",
  "dms-migration",
  "logical-replication-parameter-group",
  "native-replication",
  "replication-access",
];
const modules = new Map<string, TerraformModule>();

beforeAll(async () => {
  for (const name of names) {
    modules.set(name, await readTerraformModule(join(folder, name)));
  }
});

test("there are the five modules that the guide lists", () => {
  expect(readdirSync(folder).sort()).toEqual(names);
  const guide = readFileSync(join(folder, "..", "docs", "guides", "terraform-modules.md"), "utf8");
  expect([...guide.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name).sort()).toEqual(names);
});

test("terraform fmt changes nothing", () => {
  const diff = execFileSync("terraform", ["fmt", "-check", "-diff", "-recursive", folder], {
    encoding: "utf8",
  });
  expect(diff).toBe("");
});

describe.each(names)("%s", (name) => {
  test("has Terraform's standard files", () => {
    expect(readdirSync(join(folder, name))).toEqual(
      expect.arrayContaining(["README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf"]),
    );
  });

  test("configures no provider and no backend, and refers to no other folder", () => {
    expect(text(name)).not.toMatch(/^(provider|module) "|^\s*(backend|cloud)\b|\bfile\(|\bpath\./m);
  });

  test("accepts a range of versions of Terraform and its providers", () => {
    const { requiredVersion, requiredProviders } = find(name);
    expect(requiredVersion).toBe(">= 1.11.0");
    for (const provider of Object.values(requiredProviders)) {
      expect(provider.version).toMatch(/^(>=|~>) /);
    }
  });

  test("types and describes its variables, and describes its outputs", () => {
    const { variables, outputs } = find(name);
    for (const variable of Object.values(variables)) {
      expect(variable).toMatchObject({
        type: expect.any(String) as string,
        description: expect.stringMatching(/^[A-Z][^]*\.$/) as string,
        nullable: variable.default === null,
      });
    }
    for (const { description } of Object.values(outputs)) {
      expect(description).toMatch(/^[A-Z][^]*\.$/);
    }
  });

  test("uses every variable that it declares", () => {
    const unused = Object.keys(find(name).variables).filter(
      (variable) =>
        !new RegExp(`\\bvar\\.${variable}\\b`).test(text(name).replace(declaration(variable), "")),
    );
    expect(unused).toEqual([]);
  });

  test("has a README with an example", () => {
    const readme = readFileSync(join(folder, name, "README.md"), "utf8");
    expect(readme).toContain(`# ${name}\n`);
    expect(readme).toContain(`source = "./terraform-modules/${name}"`);
  });
});

test.each(["dms-migration", "native-replication"])("%s requires a publisher and a subscriber", (name) => {
  const [major, minor] = version.split(".");
  expect(find(name).requiredProviders["postgresql"]).toEqual({
    source: PROVIDER_SOURCE,
    version: `~> ${major}.${minor}`,
    configurationAliases: ["postgresql.publisher", "postgresql.subscriber"],
  });
});

test("the modules' checks and defaults agree with the facts that the constructs use", () => {
  expect(text("native-replication")).toContain(`sslmode must be one of ${SSL_MODES.join(", ")}.`);
  expect(text("dms-migration")).toContain(`: ${FILTERABLE_TYPES.join(", ")}.`);
  expect(find("dms-migration").variables["replication_engine_version"]?.default).toBe(
    DEFAULT_DMS_ENGINE_VERSION,
  );
  const { "aurora-postgresql": aurora, postgres } = POSTGRESQL_ENGINES;
  expect(text("dms-migration")).toContain(
    `must be ${aurora.firstWithCdc} or later for Aurora PostgreSQL, ${postgres.firstWithCdc} or later for RDS`,
  );
  expect(text("dms-migration")).toContain(`except ${UNSUPPORTED_BY_DMS}, which DMS does not support`);
  const parameterGroup = text("logical-replication-parameter-group");
  for (const { product, firstWithLogicalReplication: first } of [aurora, postgres]) {
    expect(parameterGroup).toContain(
      `must be ${first} or later, for example \\"16.4\\": earlier versions of ${product}`,
    );
  }
  for (const module of ["logical-replication-parameter-group", "aurora-publisher"]) {
    expect(text(module)).toContain(`!contains(${JSON.stringify(LOSSY_CACHE_VERSIONS).replaceAll(",", ", ")}`);
  }
});

test("the replication's password is in no state and no plan", () => {
  expect(find("native-replication").variables["password"]).toMatchObject({
    sensitive: true,
    ephemeral: true,
  });
});

test("both modules with a parameter group compute the same parameters from the same inputs", () => {
  const [publisher, group] = ["aurora-publisher", "logical-replication-parameter-group"] as const;
  expect(readFileSync(join(folder, publisher, "parameters.tf"), "utf8")).toBe(
    readFileSync(join(folder, group, "parameters.tf"), "utf8"),
  );
  const inputs = [
    "subscribers",
    "subscriptions",
    "tables_synced_at_once",
    "dms_tasks",
    "spare",
    "parameters",
  ];
  const declared = (name: string) => inputs.map((input) => find(name).variables[input]);
  expect(declared(publisher)).toEqual(declared(group));
});

test("a variable that several modules have by the same name has the same type and default", () => {
  const declarations = new Map<string, Pick<ModuleVariable, "type" | "default">>();
  for (const name of names) {
    for (const [variable, { type, default: value }] of Object.entries(find(name).variables)) {
      // The module with a user of its own at each server counts the passwords that it generates.
      if (variable === "password_version") {
        continue;
      }
      const first = declarations.get(variable) ?? { type, default: value };
      declarations.set(variable, first);
      expect({ variable, type, default: value }).toEqual({ variable, ...first });
    }
  }
});

function find(name: string): TerraformModule {
  const module = modules.get(name);
  if (module === undefined) {
    throw new Error(`There is no module ${name}.`);
  }
  return module;
}

/** All of a module's files. */
function text(name: string): string {
  return readdirSync(join(folder, name))
    .filter((file) => file.endsWith(".tf"))
    .map((file) => readFileSync(join(folder, name, file), "utf8"))
    .join("\n");
}

/** The block of a variable, up to the brace at the beginning of a line. */
function declaration(variable: string): RegExp {
  return new RegExp(`^variable "${variable}" \\{$[^]*?^\\}$`, "m");
}
