/** A provider that the dependency lock file is to have. */
export interface LockedProvider {
  /** Full address: `host/namespace/type`. */
  readonly source: string;
  readonly version: string;
  /** Checksums of what it unpacks to, one for each platform: `h1:…`. */
  readonly hashes: readonly string[];
}

/**
 * Puts a provider into the text of a dependency lock file (`.terraform.lock.hcl`), in place of what it said of it
 * before. Other providers' entries stay as they are.
 *
 * @param text - empty when there is no such file yet.
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
 * Announces, to cdktf-cli only, the providers that a stack requires and the lock file does not have yet.
 *
 * Unless the lock file has constraints for every required provider before `terraform init`, the CLI runs
 * `terraform providers lock` after it, which knows the public registry only and so fails for a provider that comes from
 * anywhere else. It reads the file line by line and takes entries in comments for entries; to Terraform a comment says
 * nothing, and `terraform init` replaces it by the real entry of what it installs.
 *
 * @param required - version constraints by full address; undefined for none.
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

/** The file's paragraphs: the comment that Terraform begins it with, and one for each provider. */
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
