import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scripts } from "../../package.json";
import { describeAws } from "../support/aws-sandbox";
import { awsProviderObstacle } from "../support/aws-provider";
import { type CodeBlock, codeBlocks, fragmentsOf, linkTargets } from "../support/markdown";
import { typeCheck } from "../support/type-check";
import { usesAws, validateHcl } from "../support/validate-hcl";

const root = join(__dirname, "..", "..");
const pages = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
].sort();
const blocks = pages.flatMap((page) => codeBlocks(page, read(page)));

/** The languages of code blocks, each tested below; no program reads `text`. */
const languages = ["ts", "hcl", "sh", "json", "mermaid", "text"];

const inLanguage = (language: string): CodeBlock[] => blocks.filter((block) => block.language === language);
const nameOf = ({ page, line }: CodeBlock): string => `${page}:${line}`;
const named = (some: readonly CodeBlock[]): [string, CodeBlock][] =>
  some.map((block) => [nameOf(block), block]);

test("every code block is in a language that these tests check", () => {
  const others = blocks.filter(({ language }) => !languages.includes(language));
  expect(others.map((block) => `${nameOf(block)} ${block.language}`)).toEqual([]);
});

describe("TypeScript", () => {
  const files = new Map(
    inLanguage("ts").map((block) => [nameOf(block), `${nameOf(block).replace(/\W/g, "-")}.ts`]),
  );
  let complaints: Readonly<Record<string, readonly string[]>>;

  beforeAll(() => {
    complaints = typeCheck(
      Object.fromEntries(inLanguage("ts").map((block) => [files.get(nameOf(block)) ?? "", block.text])),
    );
  });

  test.each([...files])("%s type-checks", (_, file) => {
    expect(complaints[file]).toEqual([]);
  });
});

describe("HCL", () => {
  const ofAws = inLanguage("hcl").filter(({ text }) => usesAws(text));
  validated(inLanguage("hcl").filter((block) => !ofAws.includes(block)));
  describeAws("with the AWS provider", () => validated(ofAws), awsProviderObstacle);

  function validated(some: readonly CodeBlock[]): void {
    const idOf = (block: CodeBlock): string => nameOf(block).replace(/\W/g, "_");
    let complaints: Readonly<Record<string, readonly string[]>>;

    beforeAll(async () => {
      complaints = await validateHcl(Object.fromEntries(some.map((block) => [idOf(block), block.text])));
    });

    test.each(named(some))("%s is valid", (_, block) => {
      expect(complaints[idOf(block)]).toEqual([]);
    });
  }
});

describe("Shell", () => {
  test.each(named(inLanguage("sh")))("%s is valid bash", (_, { text }) => {
    const { stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
    expect(stderr).toBe("");
  });

  test.each(named(inLanguage("sh")))("%s runs scripts that exist", (_, { text }) => {
    const run = [...text.matchAll(/\bnpm run (?:-\S+ )*([\w:]+)/g)].map(([, script = ""]) => script);
    expect(run.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });

  test.each(named(inLanguage("sh")))(
    "%s names stacks that main.ts or its page defines",
    (_, { page, text }) => {
      const programs = [
        read("main.ts"),
        ...inLanguage("ts").flatMap((ts) => (ts.page === page ? ts.text : [])),
      ];
      const stacks = programs.flatMap((program) =>
        [...program.matchAll(/\bnew \w+\(app, "([^"]+)"/g)].map(([, name]) => name),
      );
      const commands = [...text.matchAll(/\bcdktf (?:deploy|destroy|diff|output)((?: [\w*][\w*-]*)*)/g)];
      const used = commands.flatMap(([, names = ""]) => names.split(" ").filter((name) => name !== ""));
      expect(used.filter((name) => !stacks.includes(name))).toEqual([]);
    },
  );
});

// One test for all JSON blocks: the documentation may have none, and test.each() rejects an empty table.
test("every JSON block can be parsed", () => {
  for (const { text } of inLanguage("json")) {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  }
});

test("Mermaid diagrams contain only nodes and edges, one per line", () => {
  const line =
    /^(?:flowchart (?:LR|TD)|\s*end|\s*subgraph \w+\["[^"]+"\]|\s*\w+\["[^"]+"\]|\s*\w+(?:\["[^"]+"\])? (?:-->|==>)(?:\|[^|"]+\|)? \w+(?:\["[^"]+"\])?)$/;
  for (const { text } of inLanguage("mermaid")) {
    expect(
      text
        .trimEnd()
        .split("\n")
        .filter((each) => !line.test(each)),
    ).toEqual([]);
  }
});

test.each(pages)("every link in %s leads to an existing page and heading", (page) => {
  const broken = linkTargets(read(page)).filter((target) => {
    if (/^\w+:/.test(target)) {
      return false;
    }
    const [path = "", fragment] = target.split("#");
    const file = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(root, file))) {
      return true;
    }
    return fragment !== undefined && !fragmentsOf(read(file)).has(fragment);
  });
  expect(broken).toEqual([]);
});

test("every page below docs/ has the page_title that the Registry lists it by", () => {
  const untitled = pages.filter(
    (page) => dirname(page) !== "." && !/^---\npage_title: "[^"]+"\n/.test(read(page)),
  );
  expect(untitled).toEqual([]);
});

test("every guide is in the README's list", () => {
  const listed = linkTargets(read("README.md"));
  const guides = pages.filter((page) => page.startsWith(join("docs", "guides")));
  expect(guides.filter((guide) => !listed.includes(guide))).toEqual([]);
});

function read(page: string): string {
  return readFileSync(join(root, page), "utf8");
}
