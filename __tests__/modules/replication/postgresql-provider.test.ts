import { execFileSync } from "node:child_process";
import fs, {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresqlProvider as UpstreamProvider } from "@cdktf/provider-postgresql/lib/provider";
import { Role } from "@cdktf/provider-postgresql/lib/role";
import { App, TerraformStack, Testing } from "cdktf";
import { PROVIDER_ADDRESS } from "../../../facts/provider-address";
import { Publication } from "../../../bindings/publication";
import { Subscription } from "../../../bindings/subscription";
import {
  PostgresqlProvider,
  type PostgresqlProviderProps,
} from "../../../modules/replication/postgresql-provider";
import { version } from "../../../package.json";

const root = join(__dirname, "..", "..", "..");
let outdir: string;

beforeAll(() => {
  execFileSync(process.execPath, ["--import", "tsx", "tools/build-provider.ts"], { cwd: root });
});

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "synth-"));
});

afterEach(() => {
  rmSync(outdir, { recursive: true });
});

function createStack(props: PostgresqlProviderProps = {}): TerraformStack {
  const stack = new TerraformStack(new App({ outdir }), "stack");
  new PostgresqlProvider(stack, "postgresql", { host: "localhost", ...props });
  return stack;
}

/** Synthesizes, and returns the stack's working directory. */
function synth(stack: TerraformStack): string {
  (stack.node.scope as App).synth();
  return join(outdir, "stacks", "stack");
}

function pluginFolder(directory: string): string {
  const plugin = join(directory, "terraform.d", "plugins", PROVIDER_ADDRESS);
  return join(plugin, version, ...readdirSync(join(plugin, version)));
}

function terraform(directory: string, ...args: string[]): string {
  const env = { ...process.env, TF_CLI_CONFIG_FILE: devNull };
  return execFileSync("terraform", args, { cwd: directory, encoding: "utf8", env });
}

describe("with the bundled provider", () => {
  test("the stack requires it in this package's version", () => {
    expect(JSON.parse(Testing.synth(createStack()))).toMatchObject({
      provider: { postgresql: [{ host: "localhost" }] },
      terraform: { required_providers: { postgresql: { source: PROVIDER_ADDRESS, version } } },
    });
  });

  test("terraform init finds it and its checksum beside the stack, with no set-up", () => {
    const stack = createStack();
    new PostgresqlProvider(stack, "other", { alias: "other" });
    const directory = synth(stack);
    const lockFile = join(directory, ".terraform.lock.hcl");
    const before = readFileSync(lockFile, "utf8");
    expect(terraform(directory, "init")).toContain("successfully initialized");
    expect(readFileSync(lockFile, "utf8")).toBe(before);
    expect(terraform(directory, "validate")).toContain("valid");
  });

  test("its executable is executable, and no file of it is a link", () => {
    const folder = pluginFolder(synth(createStack()));
    const files = readdirSync(folder, { withFileTypes: true });
    expect(files.map(({ name }) => name).sort()).toEqual([
      "implementation.cache",
      "implementation.js",
      `terraform-provider-postgresql_v${version}`,
    ]);
    expect(files.every((file) => file.isFile())).toBe(true);
    expect(statSync(join(folder, `terraform-provider-postgresql_v${version}`)).mode & 0o111).toBe(0o111);
  });

  test("another build takes the place of the one that was installed", () => {
    const directory = synth(createStack());
    terraform(directory, "init");
    const stale = join(pluginFolder(directory), "implementation.js");
    writeFileSync(stale, "stale");
    synth(createStack());
    expect(readFileSync(stale, "utf8")).not.toBe("stale");
    expect(terraform(directory, "init")).toContain("successfully initialized");
  });

  test("the lock file announces to cdktf-cli what else the stack requires", () => {
    const stack = createStack();
    stack.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: ">= 5.100.0" });
    expect(readFileSync(join(synth(stack), ".terraform.lock.hcl"), "utf8")).toContain(
      '/* Installed by the next terraform init:\nprovider "registry.terraform.io/hashicorp/aws" {\n  constraints = ">= 5.100.0"\n}\n*/',
    );
  });

  test("synthesis says how to build it when it is not built", () => {
    const real = fs.existsSync;
    jest
      .spyOn(fs, "existsSync")
      .mockImplementation((path) => !String(path).endsWith(join("dist", "provider")) && real(path));
    try {
      expect(() => synth(createStack())).toThrow('Run "npm run build:provider".');
    } finally {
      jest.restoreAllMocks();
    }
  });

  test("upstream's own class beside it is refused: a stack has one source", () => {
    const stack = createStack();
    new UpstreamProvider(stack, "other", { alias: "other" });
    expect(() => synth(stack)).toThrow(/A stack must use one source of the postgresql provider/);
  });
});

describe("with upstream's provider", () => {
  test("the stack requires upstream's, and nothing is placed beside it", () => {
    const stack = createStack({ source: "upstream" });
    new Role(stack, "role", { name: "r" });
    new Publication(stack, "publication", { name: "p", tables: ["public.t"] });
    const directory = synth(stack);
    expect(JSON.parse(Testing.synth(stack))).toMatchObject({
      terraform: { required_providers: { postgresql: { source: "cyrilgdn/postgresql" } } },
    });
    expect(existsSync(join(directory, "terraform.d"))).toBe(false);
    expect(existsSync(join(directory, ".terraform.lock.hcl"))).toBe(false);
  });

  test("synthesis names every property that only the bundled one has", () => {
    const stack = createStack({ source: "upstream" });
    new Publication(stack, "publication", { name: "p", timeouts: { create: "1m" } });
    new Subscription(stack, "subscription", {
      name: "s",
      conninfo: "host=localhost",
      publications: ["p"],
      passwordWo: "secret",
      passwordWoVersion: "1",
    });
    expect(() => synth(stack)).toThrow(
      /postgresql_publication\.publication: timeouts requires the bundled provider[^]*postgresql_subscription\.subscription: passwordWo requires[^]*passwordWoVersion requires/,
    );
  });

  test("the bundled one in the same stack is refused", () => {
    const stack = createStack({ source: "upstream" });
    new PostgresqlProvider(stack, "other", { alias: "other" });
    expect(() => synth(stack)).toThrow(/A stack must use one source of the postgresql provider/);
  });
});
