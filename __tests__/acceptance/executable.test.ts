import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createServerCertificate } from "../../provider/plugin/certificate";
import { MAGIC_COOKIE_KEY, MAGIC_COOKIE_VALUE } from "../../provider/plugin/handshake";
import { eventually } from "../support/eventually";
import { builtProvider } from "../support/shared-environment";

const executable = ((): string => {
  const [name = "missing"] = readdirSync(builtProvider()).filter((file) =>
    file.startsWith("terraform-provider-"),
  );
  return join(builtProvider(), name);
})();

const asTerraform = {
  ...process.env,
  [MAGIC_COOKIE_KEY]: MAGIC_COOKIE_VALUE,
  PLUGIN_PROTOCOL_VERSIONS: "5,6",
  PLUGIN_CLIENT_CERT: createServerCertificate().pem,
};

describe("the provider's executable", () => {
  test("explains itself in one line when a person starts it", () => {
    const { status, stdout, stderr } = spawnSync(executable, { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^This is a Terraform provider .*\n$/);
  });

  test("prints only the handshake, and ignores Ctrl-C in the terminal", async () => {
    const child = spawn(executable, { env: asTerraform, stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    expect(line.toString()).toMatch(/^1\|6\|tcp\|127\.0\.0\.1:\d+\|grpc\|[A-Za-z0-9+/]+\n$/);
    child.kill("SIGINT");
    // Signals arrive in order: if SIGINT ended the process, SIGTERM would not be its exit signal.
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
  });

  test("exits when Terraform is killed", async () => {
    const parent = spawn(
      process.execPath,
      [
        "-e",
        `const child = require("node:child_process").spawn(process.argv[1], { stdio: ["ignore", "pipe", "ignore"] });
         child.stdout.once("data", () => console.log(child.pid));`,
        executable,
      ],
      { env: asTerraform, stdio: ["ignore", "pipe", "inherit"] },
    );
    const [text] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(text.toString());
    expect(isRunning(pid)).toBe(true);
    parent.kill("SIGKILL");
    await eventually(
      () => isRunning(pid),
      (running) => !running,
    );
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
