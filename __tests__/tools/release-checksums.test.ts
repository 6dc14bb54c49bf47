import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import { writeChecksums } from "../../tools/release-checksums";

const root = join(__dirname, "..", "..");
const checksums = `terraform-provider-postgresql_${version}_SHA256SUMS`;
let folder: string;
let keyring: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "release-"));
  keyring = mkdtempSync(join(tmpdir(), "gnupg-"));
  writeFileSync(join(folder, "b.zip"), "two");
  writeFileSync(join(folder, "a.zip"), "one");
  writeChecksums(folder, ["b.zip", "a.zip"]);
});

afterEach(() => {
  spawnSync("gpgconf", ["--homedir", keyring, "--kill", "all"]);
  rmSync(folder, { recursive: true });
  rmSync(keyring, { recursive: true, force: true });
});

/** Signs in a separate process, because GnuPG reads the location of its keyring from the environment. */
function sign(key: string) {
  const script = `require("./tools/release-checksums").signChecksums(...process.argv.slice(1))`;
  return spawnSync(process.execPath, ["--import", "tsx", "-e", script, folder, key], {
    cwd: root,
    env: { ...process.env, GNUPGHOME: keyring },
    encoding: "utf8",
  });
}

describe("a release's checksums", () => {
  test("are sorted by file name and accepted by sha256sum", () => {
    const text = readFileSync(join(folder, checksums), "utf8");
    expect(text).toMatch(/^[0-9a-f]{64} {2}a\.zip\n[0-9a-f]{64} {2}b\.zip\n$/);
    execFileSync("sha256sum", ["--check", "--strict", checksums], { cwd: folder, stdio: "ignore" });
  });

  test("are signed with the given key: detached, binary and valid", () => {
    const gpg = (...args: string[]) =>
      execFileSync("gpg", ["--homedir", keyring, "--batch", ...args], { encoding: "utf8", stdio: "pipe" });
    const user = "Release <release@example.com>";
    gpg("--passphrase", "", "--pinentry-mode", "loopback", "--quick-generate-key", user, "rsa2048", "sign");
    const [, fingerprint = ""] = /^fpr:+(\w+):$/m.exec(gpg("--list-keys", "--with-colons")) ?? [];

    expect(sign(fingerprint)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const signature = join(folder, `${checksums}.sig`);
    expect(readFileSync(signature).toString("latin1")).not.toContain("BEGIN PGP");
    expect(gpg("--status-fd=1", "--verify", signature, join(folder, checksums))).toContain(
      `VALIDSIG ${fingerprint}`,
    );
  });

  test("cannot be signed with a key that GnuPG does not have: the error names both", () => {
    const { status, stderr } = sign("0123456789ABCDEF0123456789ABCDEF01234567");
    expect(status).toBe(1);
    expect(stderr).toContain(`${checksums} could not be signed with the key 0123456789ABCDEF`);
    expect(stderr).toContain("unset GPG_FINGERPRINT");
  });
});
