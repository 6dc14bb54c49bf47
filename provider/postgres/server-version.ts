/** A PostgreSQL server's version. */
export class ServerVersion {
  /** 18 for 18.4; 9 for 9.6.24. */
  readonly major: number;
  /** 4 for 18.4; 6 for 9.6.24. */
  readonly minor: number;

  /** @param num The server's `server_version_num`: 180004 is 18.4, 90624 is 9.6.24. */
  constructor(readonly num: number) {
    this.major = Math.floor(num / 10_000);
    this.minor = this.major >= 10 ? num % 10_000 : Math.floor(num / 100) % 100;
  }

  /** Whether the server is of this version or a later one. */
  atLeast(major: number, minor = 0): boolean {
    return this.major > major || (this.major === major && this.minor >= minor);
  }

  /** The version as PostgreSQL writes it: `18.4`, `9.6.24`. */
  toString(): string {
    return this.major >= 10 ? `${this.major}.${this.minor}` : `${this.major}.${this.minor}.${this.num % 100}`;
  }
}

/**
 * Reads the provider's `expected_version`.
 *
 * @returns Null for `9.0.0` (the default) and `current`, which mean that the server is asked.
 * @throws RangeError when the text is not a version.
 */
export function parseExpectedVersion(text: string): ServerVersion | null {
  if (text === "9.0.0" || text === "current") {
    return null;
  }
  const parts = /^(\d{1,2})(?:\.(\d{1,2}))?(?:\.(\d{1,2}))?$/.exec(text);
  if (parts === null) {
    throw new RangeError(
      `${JSON.stringify(text)} is not a PostgreSQL version. Write one such as "15" or "15.4", or leave it out to ask the server.`,
    );
  }
  const major = Number(parts[1]);
  const minor = Number(parts[2] ?? 0);
  const patch = Number(parts[3] ?? 0);
  return new ServerVersion(major >= 10 ? major * 10_000 + minor : major * 10_000 + minor * 100 + patch);
}
