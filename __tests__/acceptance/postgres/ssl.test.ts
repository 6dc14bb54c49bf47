import { execFile } from "node:child_process";
import { chmod, chown, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSandboxServer, type SandboxServer } from "../../../sandbox/sandbox-server";
import { unprivilegedAccount } from "../../../sandbox/unprivileged-account";
import { sql } from "../../../provider/postgres/sql";
import type { SslSettings } from "../../../provider/postgres/ssl";
import { eventually } from "../../support/eventually";
import { sharedServer } from "../../support/shared-environment";
import { connectTo, failureOf, never } from "./settings";

const encrypted = sql`SELECT ssl AS encrypted FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;

/** Whether the connection that these settings make is encrypted. */
async function isEncrypted(
  endpoint: SandboxServer,
  ssl: SslSettings,
  host = endpoint.host,
): Promise<unknown> {
  const server = connectTo({ ...endpoint, host }, { ssl });
  return (await server.select<{ encrypted: boolean }>("postgres", encrypted, never))[0]?.encrypted;
}

describe("a server without TLS", () => {
  test.each(["disable", "allow", "prefer"] as const)("is used with sslmode=%s", async (mode) => {
    const server = connectTo(sharedServer("publisher"), { ssl: { mode } });
    expect(await server.select("postgres", encrypted, never)).toEqual([{ encrypted: false }]);
  });

  test.each(["require", "verify-ca", "verify-full"] as const)("is refused with sslmode=%s", async (mode) => {
    const server = connectTo(sharedServer("publisher"), { ssl: { mode } });
    const error = await failureOf(server.select("postgres", encrypted, never));
    expect(error.kind).toBe("tls");
    expect(error.describe()).toMatch(/does not speak TLS.*set sslmode = "disable"/s);
  });
});

describe("a server with a certificate of its own authority, for localhost", () => {
  let directory: string;
  let server: SandboxServer;
  const file = (name: string) => join(directory, name);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "certificates-"));
    await makeCertificates(directory);
    server = await startSandboxServer({
      major: 18,
      settings: {
        ssl: "on",
        ssl_cert_file: file("server.crt"),
        ssl_key_file: file("server.key"),
        ssl_ca_file: file("ca.crt"),
      },
    });
  });

  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  test.each([
    ["disable", false],
    ["allow", false],
    ["prefer", true],
    ["require", true],
  ] as const)("sslmode=%s: encrypted is %s", async (mode, expected) => {
    expect(await isEncrypted(server, { mode })).toBe(expected);
  });

  test("verify-full is content with the right authority and host name", async () => {
    const ssl: SslSettings = { mode: "verify-full", rootCert: file("ca.crt") };
    expect(await isEncrypted(server, ssl, "localhost")).toBe(true);
  });

  test("verify-full refuses another host name, and says how to go on", async () => {
    const ssl: SslSettings = { mode: "verify-full", rootCert: file("ca.crt") };
    const error = await failureOf(isEncrypted(server, ssl, "127.0.0.1"));
    expect(error.kind).toBe("tls");
    expect(error.describe()).toMatch(/not for the host name "127.0.0.1".*verify-ca/s);
  });

  test("verify-ca does not look at the host name", async () => {
    expect(await isEncrypted(server, { mode: "verify-ca", rootCert: file("ca.crt") }, "127.0.0.1")).toBe(
      true,
    );
  });

  test.each(["require", "verify-ca", "verify-full"] as const)(
    "%s refuses another authority than the one that was given",
    async (mode) => {
      const error = await failureOf(isEncrypted(server, { mode, rootCert: file("other.crt") }, "localhost"));
      expect(error.kind).toBe("tls");
      expect(error.describe()).toMatch(/not issued by an authority that is trusted.*sslrootcert/s);
    },
  );

  test.each(["verify-ca", "verify-full"] as const)(
    "%s without sslrootcert trusts public authorities only",
    async (mode) => {
      // A root.crt in the home directory would be trusted, as libpq does.
      expect(await readdir(join(homedir(), ".postgresql")).catch(() => [])).not.toContain("root.crt");
      expect((await failureOf(isEncrypted(server, { mode }, "localhost"))).kind).toBe("tls");
    },
  );

  test("a file that is missing is named", async () => {
    const error = await failureOf(isEncrypted(server, { mode: "verify-full", rootCert: file("none.crt") }));
    expect(error.kind).toBe("tls");
    expect(error.message).toContain("none.crt");
  });

  test.each([false, true])("a client certificate is shown to the server, inline: %s", async (inline) => {
    const read = async (name: string) =>
      inline ? (await promisify(execFile)("cat", [file(name)])).stdout : file(name);
    const clientCert = { cert: await read("client.crt"), key: await read("client.key"), inline };
    const client = connectTo(server, { ssl: { mode: "require", clientCert } });
    const rows = await client.select(
      "postgres",
      sql`SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
      never,
    );
    expect(rows).toEqual([{ client_dn: "/CN=client" }]);
  });

  test("running SQL is cancelled over TLS too", async () => {
    const abort = new AbortController();
    const client = connectTo(server, { ssl: { mode: "require" } });
    const running = failureOf(client.select("postgres", sql`SELECT pg_sleep(600)`, abort.signal));
    const sleeping = sql`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
    await eventually(async () => (await client.select("postgres", sleeping, never)).length === 1);
    abort.abort();
    expect((await running).kind).toBe("cancelled");
  });
});

/** An authority with a server's and a client's certificate, and another authority. */
async function makeCertificates(directory: string): Promise<void> {
  const openssl = (command: string) => promisify(execFile)("openssl", command.split(" "), { cwd: directory });
  const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 1";
  for (const authority of ["ca", "other"]) {
    await openssl(
      `req -x509 ${newKey} -subj /CN=${authority} -keyout ${authority}.key -out ${authority}.crt`,
    );
  }
  await writeFile(join(directory, "server.ext"), "subjectAltName = DNS:localhost\n");
  await writeFile(join(directory, "client.ext"), "extendedKeyUsage = clientAuth\n");
  for (const who of ["server", "client"]) {
    await openssl(
      `req -new ${newKey.replace(" -days 1", "")} -subj /CN=${who} -keyout ${who}.key -out ${who}.csr`,
    );
    await openssl(
      `x509 -req -in ${who}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 1 -extfile ${who}.ext -out ${who}.crt`,
    );
  }
  const account = await unprivilegedAccount();
  for (const name of ["", ...(await readdir(directory))]) {
    const path = join(directory, name);
    await chmod(path, name === "" ? 0o700 : 0o600);
    if (account !== undefined) {
      await chown(path, account.uid, account.gid);
    }
  }
}
