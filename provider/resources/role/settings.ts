/** Milliseconds of the units that PostgreSQL knows for a length of time. */
const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The settings of `ALTER ROLE … SET`, from pg_roles.rolconfig: `name=value` each. */
export class RoleSettings {
  readonly #values: ReadonlyMap<string, string>;

  constructor(rolconfig: readonly string[]) {
    this.#values = new Map(
      rolconfig.map((entry) => {
        const end = entry.indexOf("=");
        return [entry.slice(0, end).toLowerCase(), entry.slice(end + 1)];
      }),
    );
  }

  /** A setting's text; null when the role does not have it. */
  text(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  /** A length of time in milliseconds, from whatever unit it was given in; null when the role does not have it. */
  milliseconds(name: string): number | null {
    const [, amount, unit = ""] = /^\s*(\d+(?:\.\d*)?)\s*([a-z]*)\s*$/i.exec(this.text(name) ?? "") ?? [];
    const factor = UNITS[unit || "ms"];
    return amount === undefined || factor === undefined ? null : Math.round(Number(amount) * factor);
  }

  /** A list of names as `search_path` has it: `a, "B, c"`. Null when the role does not have it. */
  names(name: string): string[] | null {
    const text = this.text(name);
    if (text === null) return null;
    const items = text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^",]+?))\s*(?:,|$)/g);
    return [...items].map(([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain);
  }
}
