import { createHash } from "node:crypto";

/**
 * Terraform's checksum of an unpacked provider package: `h1:` and the hash of the list of its files' hashes.
 *
 * @param files - files with their paths in the package, separated by slashes.
 * @see https://developer.hashicorp.com/terraform/language/files/dependency-lock
 */
export function packageHash(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): string {
  const lines = files.map(
    ({ name, bytes }) => [name, `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`] as const,
  );
  const list = createHash("sha256");
  for (const [, line] of lines.sort(([a], [b]) => (a < b ? -1 : 1))) list.update(line);
  return `h1:${list.digest("base64")}`;
}
