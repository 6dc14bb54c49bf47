/** A provider for the dependency lock file. */
export interface LockedProvider {
  /** Full address of the provider: `host/namespace/type`. */
  readonly source: string;
  readonly version: string;
  /** Checksums of the unpacked packages, one for each platform: `h1:…`. */
  readonly hashes: readonly string[];
}

/**
 * Sets the entry of a provider in the text of a dependency lock file (`.terraform.lock.hcl`). Entries of other providers
 * do not change.
 *
 * @param text - text of the file; empty if it does not exist yet.
 * @see https://developer.hashicorp.com/terraform/language/files/dependency-lock
 */
export function lockProvider(text: string, { source, version, hashes }: LockedProvider): string {
  const entry = [
    `provider "${source}" {`,
    `  version     = "${version}"`,
    `  constraints = "${version}"`,
    `  hashes = [`,
    ...hashes.map((hash) => `    "${hash}",`).sort(),
    `  ]`,
    `}`,
  ];
  return format([...entries(text).filter((other) => sourceOf(other) !== source), entry.join("\n")]);
}

/**
 * Adds comments for the providers that a stack requires and the lock file does not contain yet. Only cdktf-cli reads them.
 *
 * If the lock file has no constraints for a required provider before `terraform init`, the CLI then runs
 * `terraform providers lock`, which only uses the public registry and so fails for a provider from another place. The CLI
 * reads the file line by line and does not distinguish comments from entries. Terraform ignores the comments, and
 * `terraform init` replaces them with the entries of the installed providers.
 *
 * @param required - version constraints by full address; undefined if a provider has none.
 */
export function announceProviders(
  text: string,
  required: Readonly<Record<string, string | undefined>>,
): string {
  const locked = entries(text).filter((entry) => /^ *constraints /m.test(entry));
  const missing = Object.entries(required).filter(
    ([source]) => !locked.some((entry) => sourceOf(entry) === source),
  );
  if (missing.length === 0) return format(entries(text));
  const announced = missing.map(
    ([source, constraints = ">= 0"]) => `provider "${source}" {\n  constraints = "${constraints}"\n}`,
  );
  return format([
    ...entries(text),
    ["/* Installed by the next terraform init:", ...announced, "*/"].join("\n"),
  ]);
}

/** Paragraphs of the file: Terraform's comment at the start, and one for each provider. */
function entries(text: string): string[] {
  return text
    .replace(/\/\*[^]*?\*\//g, "")
    .split(/\n{2,}/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function format(paragraphs: readonly string[]): string {
  return `${paragraphs.join("\n\n")}\n`;
}

function sourceOf(entry: string): string | undefined {
  return /^provider "([^"]*)"/m.exec(entry)?.[1];
}
