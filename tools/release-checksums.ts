import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checksumsName, signatureName } from "./release-files";

/** Writes the SHA256SUMS of files of a folder into that folder, in the format of `sha256sum --check`. */
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
 * Signs a folder's SHA256SUMS with GnuPG: detached and binary, as the Terraform Registry requires. GnuPG's agent asks for
 * the passphrase.
 *
 * @param key - fingerprint of a secret key in GnuPG's keyring. The registry accepts RSA and DSA keys only.
 * @throws Error if GnuPG is not installed or does not sign.
 * @see https://developer.hashicorp.com/terraform/registry/providers/publishing
 */
export function signChecksums(folder: string, key: string): void {
  const files = ["--output", join(folder, signatureName), "--detach-sign", join(folder, checksumsName)];
  const { status, stderr, error } = spawnSync("gpg", ["--batch", "--yes", "--local-user", key, ...files], {
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new Error(
      `${checksumsName} could not be signed with the key ${key}: ${error?.message ?? stderr.trim()}\nCheck that gpg has this secret key and its agent knows the passphrase, or unset GPG_FINGERPRINT.`,
    );
  }
}
