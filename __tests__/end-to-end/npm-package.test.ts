import { CreateDBClusterCommand, CreateDBInstanceCommand } from "@aws-sdk/client-rds";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { devNull, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { PROVIDER_ADDRESS } from "../../facts/provider-address";
import { devDependencies, name, version } from "../../package.json";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { type SandboxServer, startSandboxServer } from "../../sandbox/sandbox-server";
import { startAwsSandbox } from "../../sandbox/aws/aws-sandbox";
import { awsProviderObstacle, findAwsProvider, offerAwsProvider } from "../support/aws-provider";
import { describeAws } from "../support/aws-sandbox";
import { sql } from "../support/client";
import { eventually } from "../support/eventually";
import { findProgram } from "../support/find-program";
import { rdsClient } from "../support/rds-client";
import { createSecurityGroup } from "../support/security-group";

const TIMEOUT_MS = 400_000;
const root = join(__dirname, "..", "..");
const start = promisify(execFile);

/** What a package of CDKTF's template for TypeScript is compiled with, as far as it concerns how modules are found. */
const template = {
  compilerOptions: {
    strict: true,
    declaration: true,
    lib: ["es2018"],
    module: "CommonJS",
    noImplicitAny: true,
    noUnusedLocals: true,
    target: "ES2018",
    skipLibCheck: true,
  },
  include: ["*.ts"],
};
/** What one that has ES modules is compiled with. */
const esModules = {
  compilerOptions: {
    strict: true,
    module: "NodeNext",
    target: "ES2022",
    skipLibCheck: true,
    types: ["node"],
  },
  include: ["*.mts"],
};
const esProgram = `import { Subscription } from "${name}/bindings";
import { AuroraCluster, LogicalReplication } from "${name}/modules";
import { DmsMigrationTask } from "${name}/modules/dms";
import { DmsMigrationStack, NativeReplicationStack } from "${name}/stacks";

const classes = [Subscription, AuroraCluster, LogicalReplication, DmsMigrationTask, DmsMigrationStack, NativeReplicationStack];
console.log(classes.map(({ name }) => name).join(" "));
`;

const cloudProgram = `import { App } from "cdktf";
import { LocalReplicationStack, NativeReplicationStack } from "${name}/stacks";

const app = new App({ outdir: "cloud.out" });
const organization = "acme";
new LocalReplicationStack(app, "local", { cloud: { organization, workspace: "local" } });
new NativeReplicationStack(app, "native", {
  name: "feed",
  tables: ["public.orders"],
  publisher: { kind: "existing-cluster", clusterIdentifier: "shop", databaseName: "app" },
  subscriber: { kind: "application", peer: { cidrIpv4: "10.0.0.0/16" } },
  cloud: { organization, workspace: "native" },
});
app.synth();
`;

let folder: string;
let tarball: string;
let packed: { readonly files: readonly { readonly path: string }[]; readonly unpackedSize: number };
const servers: SandboxServer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "npm-package-"));
  const [made] = JSON.parse(await run(root, "npm", "pack", "--json", "--pack-destination", folder)) as [
    typeof packed & { readonly filename: string },
  ];
  packed = made;
  tarball = join(folder, made.filename);
}, TIMEOUT_MS);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

test("it has what users need, and neither sources nor tests", () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => !/^(dist\/lib|terraform-modules)\//.test(path)).sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist/provider/implementation.cache",
    "dist/provider/implementation.js",
    `dist/provider/terraform-provider-postgresql_v${version}`,
    `dist/release/terraform-provider-postgresql_${version}_linux_amd64.zip`,
    "package.json",
  ]);
  expect(paths.filter((path) => /(?<!\.d)\.ts$/.test(path))).toEqual([]);
});

test("the README says how large it is", async () => {
  const said = /\((\d+) MB unpacked/.exec(await readFile(join(root, "README.md"), "utf8"))?.[1];
  expect(Math.abs(Number(said) - packed.unpackedSize / 1e6)).toBeLessThan(1);
});

test.each(["cdktf", "cdktn"] as const)(
  "the README's example, in a project of its own with %s, is compiled, synthesized, deployed and destroyed",
  async (library) => {
    const project = await createProject(library);
    await writeFile(join(project, "main.ts"), await example());
    await run(project, "npx", "tsc");
    await run(project, "node", "main.js");

    const [publisher, subscriber] = await Promise.all([startServer(), startServer()]);
    for (const table of ["orders", "customers"]) {
      await query(
        publisher,
        `CREATE TABLE ${table} (id int PRIMARY KEY); INSERT INTO ${table} SELECT generate_series(1, 100)`,
      );
    }
    const stack = join(project, "cdktf.out", "stacks", "replication");
    const withoutVariables = inStack(stack, {});
    await withoutVariables("init");
    await expect(withoutVariables("plan")).rejects.toThrow("Set TF_VAR_publisher_host.");

    const terraform = inStack(stack, {
      ...variables("publisher", publisher),
      ...variables("subscriber", subscriber),
      replication_password: "only for this test",
    });
    await terraform("apply", "-auto-approve");
    expect(await query(subscriber, "SELECT FROM orders")).toHaveLength(100);
    await terraform("plan", "-detailed-exitcode");
    await terraform("destroy", "-auto-approve");
    expect(await query(publisher, "SELECT FROM pg_replication_slots")).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "ES modules import it like CommonJS ones, its executable says what it is, and cdktf is there once",
  async () => {
    const project = await createProject("cdktf");
    await writeFile(join(project, "program.mts"), esProgram);
    await writeFile(join(project, "tsconfig.esm.json"), JSON.stringify(esModules));
    await run(project, "npx", "tsc", "--project", "tsconfig.esm.json");
    expect(await run(project, "node", "program.mjs")).toBe(
      "Subscription AuroraCluster LogicalReplication DmsMigrationTask DmsMigrationStack NativeReplicationStack\n",
    );
    await expect(run(project, "npx", "terraform-provider-postgresql")).rejects.toThrow(
      "This is a Terraform provider",
    );
    expect(existsSync(join(project, "node_modules", name, "node_modules"))).toBe(false);
  },
  TIMEOUT_MS,
);

describe("a stack that runs in HCP Terraform", () => {
  /** The folder that Terraform uploads, as synthesized. */
  let upload: string;

  beforeAll(async () => {
    const project = await createProject("cdktf");
    await writeFile(join(project, "cloud.ts"), cloudProgram);
    await run(project, "npx", "tsc");
    await run(project, "node", "cloud.js");
    upload = join(project, "cloud.out", "stacks");
  }, TIMEOUT_MS);

  test("is uploaded with the provider, zipped, and with no state, secret or link", async () => {
    const plugins = `terraform.d/plugins/${PROVIDER_ADDRESS}`;
    for (const stack of ["local", "native"]) {
      const directory = join(upload, stack);
      const files = await readdir(directory, { recursive: true, withFileTypes: true });
      expect(files.filter((file) => !file.isFile() && !file.isDirectory())).toEqual([]);
      const paths = files
        .filter((file) => file.isFile())
        .map((file) => relative(directory, join(file.parentPath, file.name)));
      expect(paths.sort()).toEqual([
        ".terraform.lock.hcl",
        ".terraformignore",
        "cdk.tf.json",
        `${plugins}/terraform-provider-postgresql_${version}_linux_amd64.zip`,
      ]);
      const sizes = await Promise.all(paths.map(async (path) => (await stat(join(directory, path))).size));
      expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(50e6);
    }
  });

  test(
    "runs where nothing but Terraform is: it finds the provider, plans, applies, plans nothing, and destroys",
    async () => {
      const [publisher, subscriber] = await Promise.all([startServer(), startServer()]);
      await query(
        publisher,
        "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 10)",
      );
      const worker = await createWorker(join(upload, "local"), {
        ...terraformVariables({
          ...variables("publisher", publisher),
          ...variables("subscriber", subscriber),
          replication_password: "only for this test",
          tables: '["public.orders"]',
        }),
        TF_CLI_CONFIG_FILE: devNull,
      });
      const locked = await readFile(join(worker.directory, ".terraform.lock.hcl"), "utf8");
      await worker.terraform("init", "-lockfile=readonly");
      expect(await readFile(join(worker.directory, ".terraform.lock.hcl"), "utf8")).toBe(locked);
      await worker.terraform("validate");
      await worker.terraform("plan");
      await worker.terraform("apply", "-auto-approve");
      await eventually(
        () => query(subscriber, "SELECT FROM orders"),
        (rows) => rows.length === 10,
      );
      await worker.terraform("plan", "-detailed-exitcode");
      await worker.terraform("destroy", "-auto-approve");
      expect(await query(publisher, "SELECT FROM pg_replication_slots")).toEqual([]);
    },
    TIMEOUT_MS,
  );

  describeAws(
    "and is in AWS",
    () => {
      test(
        "reboots a cluster there and makes a slot in it, and takes that back",
        async () => {
          const provider = findAwsProvider();
          if (provider === undefined) {
            throw new Error(awsProviderObstacle());
          }
          const aws = await startAwsSandbox();
          try {
            await createCluster(aws.endpoint);
            const login = aws.server("shop");
            const slots = () => query(login, "SELECT slot_name FROM pg_replication_slots");
            await query(login, "CREATE TABLE orders (id int PRIMARY KEY); ALTER TABLE orders OWNER TO dba");
            const offered = offerAwsProvider(provider, join(folder, "aws-provider"));
            const worker = await createWorker(join(upload, "native"), { ...aws.environment, ...offered });
            await worker.terraform("init");
            await worker.terraform("validate");
            await worker.terraform("apply", "-auto-approve");
            expect(await slots()).toEqual([{ slot_name: "feed" }]);
            await worker.terraform("plan", "-detailed-exitcode");
            await worker.terraform("destroy", "-auto-approve");
            expect(await slots()).toEqual([]);
          } finally {
            await aws.stop();
          }
        },
        TIMEOUT_MS,
      );
    },
    awsProviderObstacle,
  );
});

test(
  "stacks work with CDKTF's successor in CDKTF's place",
  async () => {
    const project = await createProject("cdktn");
    await writeFile(
      join(project, "native.ts"),
      `import { App } from "cdktf";
import { NativeReplicationStack } from "${name}/stacks";

const app = new App();
new NativeReplicationStack(app, "native", {
  publisher: { kind: "new-cluster", engineVersion: "17" },
  subscriber: { kind: "new-instance", engineVersion: "17" },
});
app.synth();
`,
    );
    await run(project, "npx", "tsc");
    await run(project, "node", "native.js");
    const { version: used } = JSON.parse(
      await readFile(join(project, "node_modules", "cdktf", "package.json"), "utf8"),
    ) as { readonly version: string };
    expect(used).toBe("0.24.0");
    const synthesized = await readFile(join(project, "cdktf.out", "stacks", "native", "cdk.tf.json"), "utf8");
    expect(JSON.parse(synthesized)).toMatchObject({
      terraform: { required_providers: { postgresql: { source: PROVIDER_ADDRESS, version } } },
      resource: { postgresql_subscription: expect.anything() as unknown },
    });
  },
  TIMEOUT_MS,
);

/** What is installed as `cdktf`: CDKTF, or its successor in its place. */
const libraries = {
  cdktf: { cdktf: devDependencies.cdktf, constructs: devDependencies.constructs },
  cdktn: { cdktf: "npm:cdktn@0.24.0", constructs: "10.6.0" },
} as const;

/** A project, made once, with the package and what it needs installed. */
async function createProject(library: keyof typeof libraries): Promise<string> {
  const project = join(folder, library);
  if (existsSync(project)) {
    return project;
  }
  await mkdir(project);
  const manifest = {
    name: library,
    private: true,
    dependencies: {
      ...libraries[library],
      "@cdktf/provider-aws": devDependencies["@cdktf/provider-aws"],
      "@cdktf/provider-postgresql": devDependencies["@cdktf/provider-postgresql"],
      [name]: `file:${tarball}`,
    },
    devDependencies: {
      "@types/node": devDependencies["@types/node"],
      typescript: devDependencies.typescript,
    },
    overrides: { cdktf: "$cdktf", constructs: "$constructs" },
  };
  await writeFile(join(project, "package.json"), JSON.stringify(manifest));
  await writeFile(join(project, "tsconfig.json"), JSON.stringify(template));
  await run(project, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts");
  return project;
}

/** The block of the README that imports the package. */
async function example(): Promise<string> {
  const blocks = (await readFile(join(root, "README.md"), "utf8")).matchAll(/```ts\n(.*?)```/gs);
  const found = [...blocks].map(([, text = ""]) => text).find((text) => text.includes(`from "${name}/`));
  if (found === undefined) {
    throw new Error("The README has no example that imports the package.");
  }
  return found;
}

/** A server with the database that the example has. */
async function startServer(): Promise<SandboxServer> {
  const server = await startSandboxServer({ major: 18, tls: true });
  servers.push(server);
  await query(server, "CREATE DATABASE app", "postgres");
  return server;
}

/** An Aurora cluster that replicates nothing yet. */
async function createCluster(endpoint: string): Promise<void> {
  const rds = rdsClient(endpoint);
  await rds.send(
    new CreateDBClusterCommand({
      DBClusterIdentifier: "shop",
      Engine: "aurora-postgresql",
      EngineVersion: "18.1",
      DatabaseName: "app",
      MasterUsername: "dba",
      ManageMasterUserPassword: true,
      VpcSecurityGroupIds: [await createSecurityGroup(endpoint)],
    }),
  );
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: "shop-1",
      DBClusterIdentifier: "shop",
      Engine: "aurora-postgresql",
      DBInstanceClass: "db.r6g.large",
    }),
  );
}

function query({ host, port, username: user, password }: PostgresEndpoint, text: string, database = "app") {
  return sql({ host, port, user, password, database }, text);
}

function variables(role: string, { host, port, username, password }: SandboxServer): Record<string, string> {
  const values = { host, port: String(port), database: "app", username, password };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${role}_${name}`, value]));
}

function terraformVariables(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`TF_VAR_${key}`, value]));
}

/**
 * A machine as HCP Terraform's workers are: it has a copy of the uploaded folder, whose backend is its own business, and
 * Terraform.
 */
async function createWorker(uploaded: string, environment: Readonly<Record<string, string>>) {
  const home = await mkdtemp(join(folder, "worker-"));
  const [bin, directory] = [join(home, "bin"), join(home, "work")];
  await mkdir(bin);
  await symlink(findProgram("terraform"), join(bin, "terraform"));
  await cp(uploaded, directory, { recursive: true });
  const file = join(directory, "cdk.tf.json");
  const stack = JSON.parse(await readFile(file, "utf8")) as { terraform: { cloud?: unknown } };
  expect(stack.terraform.cloud).toMatchObject({ organization: "acme" });
  delete stack.terraform.cloud;
  await writeFile(file, JSON.stringify(stack, undefined, 2));
  const env = { PATH: bin, HOME: home, CHECKPOINT_DISABLE: "1", ...environment };
  const terraform = async (command: string, ...flags: string[]): Promise<string> => {
    const { stdout } = await start("terraform", [command, "-no-color", ...flags], {
      cwd: directory,
      env,
    }).catch(explain("terraform", command));
    return stdout;
  };
  return { directory, terraform };
}

/** Terraform in a synthesized stack. */
function inStack(directory: string, values: Readonly<Record<string, string>>) {
  const environment = {
    TF_CLI_CONFIG_FILE: devNull,
    CHECKPOINT_DISABLE: "1",
    ...terraformVariables(values),
  };
  return (command: string, ...flags: string[]) =>
    runWith(environment, directory, "terraform", command, "-input=false", "-no-color", ...flags);
}

function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  return runWith({}, cwd, command, ...args);
}

/** @throws Error with all that was printed when the command fails. */
async function runWith(
  environment: Readonly<Record<string, string>>,
  cwd: string,
  command: string,
  ...args: string[]
): Promise<string> {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(TF_|PG|AWS_|NODE_OPTIONS)/.test(key));
  const env = { ...Object.fromEntries(inherited), ...environment };
  const ended = start(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return (await ended.catch(explain(command, ...args))).stdout;
}

/** @returns what throws an error with all that the command has printed. */
function explain(...command: string[]): (error: unknown) => never {
  return (error) => {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${command.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  };
}
