/** A fenced block of a page. */
export interface CodeBlock {
  /** The path of the page, from the project's folder. */
  readonly page: string;
  /** The line of the fence, from 1. */
  readonly line: number;
  /** What stands behind the fence; empty where nothing does. */
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page, those in list items included. */
export function codeBlocks(page: string, markdown: string): CodeBlock[] {
  const lines = markdown.split("\n");
  const blocks: CodeBlock[] = [];
  for (let start = 0; start < lines.length; start += 1) {
    const [, indent = "", fence, language = ""] = /^( *)(`{3,})(\w*)/.exec(lines[start] ?? "") ?? [];
    if (fence === undefined) {
      continue;
    }
    const length = lines.slice(start + 1).findIndex((line) => line === `${indent}${fence}`);
    if (length < 0) {
      throw new Error(`${page}:${start + 1}: the code block has no end.`);
    }
    const body = lines.slice(start + 1, start + 1 + length).map((line) => line.slice(indent.length));
    blocks.push({ page, line: start + 1, language, text: `${body.join("\n")}\n` });
    start += length + 1;
  }
  return blocks;
}

/** The targets of a page's links, outside of code. */
export function linkTargets(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => target ?? []);
}

/** What a link's fragment may name in a page: its headings, as GitHub and the Registry spell them, and its anchors. */
export function fragmentsOf(markdown: string): ReadonlySet<string> {
  const headings = [...withoutCode(markdown, "keep words").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
  const anchors = [...markdown.matchAll(/<a id="([^"]+)">/g)].flatMap(([, id]) => id ?? []);
  return new Set([...headings, ...anchors]);
}

/** Without fenced blocks, and without what stands in backticks or its backticks. */
function withoutCode(markdown: string, words?: "keep words"): string {
  const prose = markdown.replace(/^( *)(`{3,})[^]*?^\1\2$/gm, "");
  return words === undefined ? prose.replace(/`[^`\n]*`/g, "``") : prose;
}
