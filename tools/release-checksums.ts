import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checksumsName, signatureName } from "./release-files";

/** Writes the SHA256SUMS of files of a folder into that folder, in the form that `sha256sum --check` reads. */
export function writeChecksums(folder: string, names: readonly string[]): void {
  const lines = [...names].sort().map(
    (name) =>
      `${createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex")}  ${name}\n`,
  );
  writeFileSync(join(folder, checksumsName), lines.join(""));
}

/**
 * Signs a folder's SHA256SUMS with GnuPG, detached and in the binary form, as the Terraform Registry asks for. A
 * passphrase is the business of GnuPG's agent.
 *
 * @param key - fingerprint of a secret key in GnuPG's keyring: RSA or DSA, the registry takes no other.
 * @throws Error when GnuPG is not there or does not sign.
 */
export function signChecksums(folder: string, key: string): void {
  const files = ["--output", join(folder, signatureName), "--detach-sign", join(folder, checksumsName)];
  const { status, stderr, error } = spawnSync("gpg", ["--batch", "--yes", "--local-user", key, ...files], {
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new Error(
      `${checksumsName} could not be signed with the key ${key}: ${error?.message ?? stderr.trim()}\nSee that gpg has this secret key and its agent the passphrase, or unset GPG_FINGERPRINT.`,
    );
  }
}
