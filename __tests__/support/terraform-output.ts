/** What Terraform says about a configuration or an operation. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** Address of the resource that it is about. */
  readonly address?: string;
  /** The attribute that it points at; a nested one by its own name only. */
  readonly attribute?: string;
}

/** What Terraform does with a resource; those it leaves alone are not mentioned. */
export type Action = "create" | "read" | "update" | "replace" | "delete" | "move" | "import" | "remove";

/** The part of the machine-readable output that tests look at. */
export interface TerraformOutput {
  readonly diagnostics: readonly Diagnostic[];
  /** Planned actions by resource address. */
  readonly actions: Readonly<Record<string, Action>>;
}

interface Message {
  readonly type?: string;
  readonly change?: { readonly resource: { readonly addr: string }; readonly action: Action | "noop" };
  readonly diagnostic?: {
    readonly severity: "error" | "warning";
    readonly summary: string;
    readonly detail: string;
    readonly address?: string;
    readonly snippet?: { readonly code: string };
  };
}

/** Reads the lines that Terraform prints with `-json`. Lines that are not JSON are passed over. */
export function parseJsonOutput(text: string): TerraformOutput {
  const messages = text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Message);
  const diagnostics = messages.flatMap(({ diagnostic }): Diagnostic[] => {
    // Ours to give, not of interest: every run has it, since the provider is taken from the build.
    if (diagnostic === undefined || diagnostic.summary === "Provider development overrides are in effect") {
      return [];
    }
    const { severity, summary, detail, address, snippet } = diagnostic;
    // The harness writes one attribute a line. For a whole resource, the line quoted is its closing brace.
    const attribute = /^\s*"([^"]+)":/.exec(snippet?.code ?? "")?.[1];
    return [{ severity, summary, detail, ...(address && { address }), ...(attribute && { attribute }) }];
  });
  const actions: Record<string, Action> = {};
  for (const { type, change } of messages) {
    if (type === "planned_change" && change !== undefined && change.action !== "noop") {
      actions[change.resource.addr] = change.action;
    }
  }
  return { diagnostics, actions };
}

/**
 * Reads the diagnostics of a command that has no `-json`. Terraform wraps their text, which cannot be undone: line
 * breaks become spaces.
 */
export function parsePlainDiagnostics(text: string): Diagnostic[] {
  const plain = text.replace(/^[╷│╵] ?/gm, "");
  return plain
    .split(/^(?=Error: |Warning: )/m)
    .filter((part) => /^(Error|Warning): /.test(part))
    .map((part): Diagnostic => {
      const [head = "", ...paragraphs] = part.trim().split(/\n\s*\n/);
      return {
        severity: head.startsWith("Error") ? "error" : "warning",
        summary: unwrap(head.replace(/^\w+: /, "")),
        detail: paragraphs
          .filter((paragraph) => !/^ {2}(with|on) /.test(paragraph))
          .map(unwrap)
          .join(" "),
      };
    })
    .filter(({ summary }) => summary !== "Provider development overrides are in effect");
}

function unwrap(paragraph: string): string {
  return paragraph.trim().replace(/\s*\n\s*/g, " ");
}
