import { CreateDBInstanceCommand, CreateDBSnapshotCommand } from "@aws-sdk/client-rds";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeAws } from "../../support/aws-sandbox";
import { sql } from "../../support/client";
import { eventually } from "../../support/eventually";
import { rdsClient } from "../../support/rds-client";

const root = join(__dirname, "..", "..", "..");

describeAws("npm run sandbox", () => {
  test.each(["SIGINT", "SIGKILL"] as const)(
    "%s leaves nothing of the AWS side: no API, no server, no data, no snapshot",
    async (signal) => {
      const temporary = await mkdtemp(join(tmpdir(), "lifetime-"));
      await chmod(temporary, 0o1777);
      const child = spawn(process.execPath, ["--import", "tsx", join("sandbox", "start.ts")], {
        cwd: root,
        env: { ...process.env, TMPDIR: temporary },
      });
      try {
        let output = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
        await eventually(() => output.includes("Ctrl-C stops"));
        const endpoint = /^export AWS_ENDPOINT_URL=(\S+) AWS_REGION=us-east-1 /m.exec(output)?.[1] ?? "";
        const rds = rdsClient(endpoint);
        const { DBInstance: instance } = await rds.send(
          new CreateDBInstanceCommand({
            DBInstanceIdentifier: "subscriber",
            Engine: "postgres",
            EngineVersion: "18",
            DBInstanceClass: "db.t4g.micro",
            AllocatedStorage: 20,
            DBName: "app",
            MasterUsername: "dba",
            MasterUserPassword: "a password",
          }),
        );
        await rds.send(
          new CreateDBSnapshotCommand({ DBInstanceIdentifier: "subscriber", DBSnapshotIdentifier: "copy" }),
        );
        const login = { host: instance?.Endpoint?.Address, user: "dba", password: "a password" };
        expect(await sql(login, "SELECT 1 AS one")).toEqual([{ one: 1 }]);

        child.kill(signal);
        await once(child, "close");
        await eventually(() =>
          fetch(endpoint).then(
            () => false,
            () => true,
          ),
        );
        await eventually(async () =>
          (await readdir(temporary)).every((name) => !name.startsWith("postgresql-")),
        );
        await expect(sql(login, "SELECT")).rejects.toThrow("ECONNREFUSED");
      } finally {
        child.kill("SIGKILL");
        await rm(temporary, { recursive: true });
      }
    },
  );
});
