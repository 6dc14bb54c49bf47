import { createHash } from "node:crypto";

/**
 * Terraform's checksum of what a provider's package unpacks to, as the dependency lock file has it: `h1:` and the hash of
 * the list of its files' hashes.
 *
 * @param files - their paths in the package, with slashes.
 */
export function packageHash(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): string {
  const lines = files.map(
    ({ name, bytes }) => [name, `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`] as const,
  );
  const list = createHash("sha256");
  for (const [, line] of lines.sort(([a], [b]) => (a < b ? -1 : 1))) list.update(line);
  return `h1:${list.digest("base64")}`;
}
