import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually";

const root = join(__dirname, "..", "..");
const command = ["--import", "tsx", "sandbox/demo/main.ts"];

/** A folder for everything that a run puts aside, to see what it leaves there. */
let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "demo-test-"));
  // As the system's own: PostgreSQL does not run as root, and its servers come here as somebody else.
  chmodSync(temporary, 0o1777);
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function start(...flags: string[]): Run {
  const child = spawn(process.execPath, [...command, ...flags], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  return { child, output: () => output, ended: once(child, "close").then(() => child.exitCode) };
}

/** Processes with the run's own folder in their command line. */
function processes(): string[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "args="], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(temporary));
}

/** What a run has put aside; the TypeScript loader's cache is not the demo's. */
function putAside(): string[] {
  return readdirSync(temporary).filter((name) => !name.startsWith("tsx-"));
}

/** The servers' guards clean up after a run that has failed, when it has ended. */
async function expectNothingLeft(): Promise<void> {
  await eventually(
    () => [...putAside(), ...processes()],
    (found) => found.length === 0,
  );
}

describe("npm run demo", () => {
  test("replicates the rows it has made and those that come later, and leaves nothing behind", async () => {
    const demo = start();
    const code = await demo.ended;
    const output = demo.output();
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain(
      'public."LogicalReplicationTest"  [####################]  10,000 of 10,000 rows  replicating',
    );
    expect(output).toContain("Rows: 10,000 at the publisher, 10,000 at the subscriber");
    expect(output).toMatch(/all of them are at the subscriber \d+ ms after the commit/);
    expect(output).toContain("the subscriber keeps its 11,000 rows");
    for (const kind of ["slots", "publications", "roles", "subscriptions", "processes"]) {
      expect(output).toContain(`${kind} left: none`);
    }
    expect([...putAside(), ...processes()]).toEqual([]);
  });

  test("stops everything when it is interrupted in the middle of the deployment", async () => {
    const demo = start();
    await eventually(demo.output, (output) => output.includes("postgresql_role created"));
    demo.child.kill("SIGINT");
    expect(await demo.ended).toBe(130);
    expect(demo.output()).toMatch(/Interrupted: stopping what was started\.[^]*nothing is left\.\n$/);
    await expectNothingLeft();
  });

  test("says in one line what to do about a missing Terraform, a taken port and a wrong flag", async () => {
    const withoutTerraform = spawnSync(process.execPath, command, {
      cwd: root,
      env: { PATH: temporary, TMPDIR: temporary },
      encoding: "utf8",
    });
    expect(withoutTerraform).toMatchObject({ status: 1, stdout: "" });
    expect(withoutTerraform.stderr).toMatch(
      /^There is no terraform on the PATH\. Install Terraform 1\.11 or later .*\n$/,
    );

    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const taken = start("--subscriber-port", String(port));
    expect(await taken.ended).toBe(1);
    expect(taken.output()).toMatch(
      new RegExp(`Port ${port} on 127.0.0.1 is taken: choose another port.*\\n$`),
    );
    server.close();

    const wrong = start("--publisher-major", "9");
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toBe('--publisher-major must be a whole number from 10 to 18, not "9".\n');
    await expectNothingLeft();
  });
});
