import { PROVIDER_ADDRESS as source } from "../../../facts/provider-address";
import { announceProviders, lockProvider } from "../../../modules/replication/dependency-lock";

const aws = "registry.terraform.io/hashicorp/aws";

const header = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;
const awsEntry = `provider "${aws}" {
  version     = "5.100.0"
  constraints = ">= 5.100.0, < 7.0.0"
  hashes = [
    "h1:aws=",
    "zh:aws",
  ]
}
`;
const entry = (version: string, ...hashes: string[]): string => `provider "${source}" {
  version     = "${version}"
  constraints = "${version}"
  hashes = [
${hashes.map((hash) => `    "${hash}",\n`).join("")}  ]
}
`;

/** The providers that cdktf-cli sees in a lock file: it goes line by line. */
function seenByCli(text: string): Record<string, string | undefined> {
  const seen: Record<string, string | undefined> = {};
  let current: string | undefined;
  for (const line of text.split("\n")) {
    const constraints = /^\s*constraints\s+=\s+"(.*)"/.exec(line)?.[1];
    if (current === undefined) {
      current = /provider "(.*)"/.exec(line)?.[1];
      if (current !== undefined) {
        seen[current] = undefined;
      }
    } else if (constraints !== undefined) {
      seen[current] = constraints;
    } else if (/^\s*}/.test(line)) {
      current = undefined;
    }
  }
  return seen;
}

describe("lockProvider", () => {
  test("begins a file", () => {
    expect(lockProvider("", { source, version: "1.2.3", hashes: ["h1:new="] })).toBe(
      entry("1.2.3", "h1:new="),
    );
  });

  test("replaces the provider's former entry and leaves the others", () => {
    const before = `${header}\n${entry("1.2.2", "h1:old=")}\n${awsEntry}`;
    expect(lockProvider(before, { source, version: "1.2.3", hashes: ["h1:new="] })).toBe(
      `${header}\n${awsEntry}\n${entry("1.2.3", "h1:new=")}`,
    );
  });

  test("has the checksums of all platforms, in order", () => {
    expect(lockProvider("", { source, version: "1.2.3", hashes: ["h1:linux=", "h1:darwin="] })).toBe(
      entry("1.2.3", "h1:darwin=", "h1:linux="),
    );
  });

  test("changes nothing when it is run again", () => {
    const once = lockProvider(`${header}\n${awsEntry}`, { source, version: "1.2.3", hashes: ["h1:new="] });
    expect(lockProvider(once, { source, version: "1.2.3", hashes: ["h1:new="] })).toBe(once);
  });
});

describe("announceProviders", () => {
  const locked = `${header}\n${entry("1.2.3", "h1:new=")}`;

  test("lets cdktf-cli see every required provider, and Terraform none that is not there", () => {
    const announced = announceProviders(locked, {
      [source]: "1.2.3",
      [aws]: ">= 5.100.0",
      "h/n/t": undefined,
    });
    expect(seenByCli(announced)).toEqual({ [source]: "1.2.3", [aws]: ">= 5.100.0", "h/n/t": ">= 0" });
    expect(announced.replace(/\/\*[^]*\*\//, "").trimEnd()).toBe(locked.trimEnd());
  });

  test("has nothing to say when all required providers are there", () => {
    const complete = `${locked}\n${awsEntry}`;
    expect(announceProviders(complete, { [source]: "1.2.3", [aws]: ">= 5.100.0" })).toBe(complete);
  });

  test("covers an entry without constraints, which cdktf-cli takes for none", () => {
    const without = `${locked}\n${awsEntry.replace(/ *constraints.*\n/, "")}`;
    expect(seenByCli(without)[aws]).toBeUndefined();
    expect(seenByCli(announceProviders(without, { [aws]: undefined }))[aws]).toBe(">= 0");
  });

  test("replaces what was announced before", () => {
    const once = announceProviders(locked, { [aws]: ">= 5.0.0" });
    expect(announceProviders(once, { [aws]: ">= 6.0.0" })).toBe(
      announceProviders(locked, { [aws]: ">= 6.0.0" }),
    );
    expect(announceProviders(once, {})).toBe(locked);
  });
});
