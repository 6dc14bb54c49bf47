import { escapeConninfoValue } from "../../facts/conninfo";

/** Where a connection string is wrong. The message names positions only: any piece of the text may be a password. */
export class ConninfoError extends Error {
  override readonly name = "ConninfoError";
}

/** A libpq connection string's parameters by keyword, in the order in which they were written. */
export type Conninfo = ReadonlyMap<string, string>;

const SECRETS = new Set([
  "password",
  "sslpassword",
  "scram_client_key",
  "scram_server_key",
  "oauth_client_secret",
]);

/**
 * Reads a libpq connection string, `keyword=value …` or `postgresql://…`, as libpq reads it.
 *
 * @throws ConninfoError that says what was found and at which character, and never repeats the text.
 */
export function parseConninfo(text: string): Conninfo {
  if (text.includes("\0")) {
    throw new ConninfoError("The connection string contains a NUL character.");
  }
  const scheme = /^postgres(?:ql)?:\/\//.exec(text);
  return scheme === null ? parseKeywordValue(text) : parseUri(text, scheme[0].length);
}

/**
 * Writes parameters as `keyword=value …`, in the order given; values are quoted where they must be.
 *
 * @throws ConninfoError for a keyword that is not a word, or a value with a NUL character.
 */
export function formatConninfo(conninfo: Conninfo): string {
  return [...conninfo]
    .map(([keyword, value]) => {
      if (!/^[A-Za-z0-9_]+$/.test(keyword)) {
        throw new ConninfoError(`${JSON.stringify(keyword)} is not a connection string keyword.`);
      }
      return `${keyword}=${quoteValue(keyword, value)}`;
    })
    .join(" ");
}

/** The same parameters with this password. */
export function withPassword(conninfo: Conninfo, password: string): Conninfo {
  return new Map([...conninfo, ["password", password]]);
}

/** The same parameters without a password. */
export function withoutPassword(conninfo: Conninfo): Conninfo {
  return new Map([...conninfo].filter(([keyword]) => keyword !== "password"));
}

/** Whether two connection strings mean the same; the order does not matter, and an empty value is one not given. */
export function sameConninfo(a: Conninfo, b: Conninfo, { ignorePassword = false } = {}): boolean {
  const given = (conninfo: Conninfo) =>
    new Map(
      [...conninfo].filter(([keyword, value]) => value !== "" && !(ignorePassword && keyword === "password")),
    );
  const [left, right] = [given(a), given(b)];
  return left.size === right.size && [...left].every(([keyword, value]) => right.get(keyword) === value);
}

/** The connection string for people to read: every secret in it replaced by asterisks. */
export function redactConninfo(conninfo: Conninfo): string {
  return formatConninfo(
    new Map([...conninfo].map(([keyword, value]) => [keyword, SECRETS.has(keyword) ? "********" : value])),
  );
}

function quoteValue(keyword: string, value: string): string {
  if (value.includes("\0")) {
    throw new ConninfoError(`The value of ${keyword} contains a NUL character.`);
  }
  return /^[^\s'\\]+$/.test(value) ? value : `'${escapeConninfoValue(value)}'`;
}

// libpq separates with C's isspace(), which knows fewer characters than \s.
const KEYWORD = /[ \t\n\v\f\r]*([^= \t\n\v\f\r]*)[ \t\n\v\f\r]*/y;
const EQUALS = /=[ \t\n\v\f\r]*/y;
const QUOTED = /'((?:[^'\\]|\\.)*)'/sy;
const PLAIN = /(?:[^\\ \t\n\v\f\r]|\\.|\\$)*/sy;

function parseKeywordValue(text: string): Conninfo {
  const parameters = new Map<string, string>();
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    position = match === null ? position : pattern.lastIndex;
    return match;
  };
  for (;;) {
    const keyword = take(KEYWORD)?.[1] ?? "";
    if (position === text.length && keyword === "") {
      return parameters;
    }
    if (take(EQUALS) === null) {
      throw new ConninfoError(
        `The connection string has no "=" where one is due, at character ${position + 1}. Put a value that contains spaces in single quotes.`,
      );
    }
    if (keyword === "") {
      throw new ConninfoError(
        `The connection string has no keyword before the "=" at character ${position}.`,
      );
    }
    let value: string | undefined;
    if (text[position] === "'") {
      value = take(QUOTED)?.[1];
      if (value === undefined) {
        throw new ConninfoError(
          `The connection string ends inside the quoted value that begins at character ${position + 1}. Write a single quote inside a value as \\'.`,
        );
      }
    } else {
      value = take(PLAIN)?.[0] ?? "";
    }
    parameters.set(keyword, value.replace(/\\(.?)/gs, "$1"));
  }
}

/** `[user[:password]@][host[:port][,…]][/dbname][?keyword=value[&…]]` */
function parseUri(text: string, start: number): Conninfo {
  const parameters = new Map<string, string>();
  const decode = (part: string, position: number): string => {
    try {
      const decoded = decodeURIComponent(part);
      if (!decoded.includes("\0")) {
        return decoded;
      }
    } catch {
      // Reported below: the exception's own text says nothing of the place.
    }
    throw new ConninfoError(
      `The connection URI has a "%" that begins no valid character, after character ${position}. Write a percent sign as %25.`,
    );
  };
  const set = (keyword: string, value: string): void => {
    if (value !== "") {
      parameters.set(keyword, value);
    }
  };

  let position = start;
  const credentials = /^([^@/:]*)(?::([^@/]*))?@/.exec(text.slice(position));
  if (credentials !== null) {
    set("user", decode(credentials[1] ?? "", position));
    set("password", decode(credentials[2] ?? "", position));
    position += credentials[0].length;
  }

  const hosts: string[] = [];
  const ports: string[] = [];
  do {
    const server = /^(?:\[([^\]]+)\](?=[:/?,]|$)|(?!\[)([^:/?,]*))(?::([^/?,]*))?(,?)/.exec(
      text.slice(position),
    );
    if (server === null) {
      throw new ConninfoError(
        `The connection URI has an IPv6 address that is empty, not closed, or followed by other text, at character ${position + 1}.`,
      );
    }
    hosts.push(decode(server[1] ?? server[2] ?? "", position));
    ports.push(decode(server[3] ?? "", position));
    position += server[0].length;
  } while (text[position - 1] === ",");
  set("host", hosts.join(","));
  set("port", ports.some((port) => port !== "") ? ports.join(",") : "");

  const database = /^\/([^?]*)/.exec(text.slice(position));
  if (database !== null) {
    set("dbname", decode(database[1] ?? "", position));
    position += database[0].length;
  }

  if (text[position] === "?") {
    for (const parameter of text.slice(position + 1).split("&")) {
      const parts = parameter.split("=");
      const [keyword, value] = parts;
      if (parts.length !== 2 || keyword === undefined || keyword === "" || value === undefined) {
        throw new ConninfoError(
          `The connection URI has a parameter that is not keyword=value, after character ${position + 1}. Write & as %26 and = as %3D inside a value.`,
        );
      }
      // The only spelling of JDBC's that libpq accepts.
      if (keyword === "ssl" && value === "true") {
        parameters.set("sslmode", "require");
      } else {
        parameters.set(decode(keyword, position), decode(value, position));
      }
      position += parameter.length + 1;
    }
  }
  return parameters;
}
