import fc from "fast-check";
import {
  formatConninfo,
  parseConninfo,
  redactConninfo,
  sameConninfo,
  withoutPassword,
  withPassword,
} from "../../../provider/postgres/conninfo";

const parse = (text: string) => Object.fromEntries(parseConninfo(text));

describe("keyword=value", () => {
  test.each<[string, Record<string, string>]>([
    ["", {}],
    ["  ", {}],
    ["host=db port=5432", { host: "db", port: "5432" }],
    ["host = db\n\tport\n=\n5432 ", { host: "db", port: "5432" }],
    [String.raw`password='it\'s \\ fine' user=me`, { password: String.raw`it's \ fine`, user: "me" }],
    [String.raw`password=a\ b\'c user=me`, { password: "a b'c", user: "me" }],
    ["password='' user=me", { password: "", user: "me" }],
    ["password= user=me", { password: "user=me" }],
    ["user='a'password='b'", { user: "a", password: "b" }],
    ["user=first user=second", { user: "second" }],
    ["application_name=a=b", { application_name: "a=b" }],
  ])("%p", (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test("a doubled quote ends the value and begins a keyword, as in libpq", () => {
    expect(() => parse("password='it''s'")).toThrow('no "="');
    expect(parse("password='it''s'=1")).toEqual({ password: "it", "'s'": "1" });
  });
});

describe("URI", () => {
  test.each<[string, Record<string, string>]>([
    ["postgresql://", {}],
    ["postgres://db", { host: "db" }],
    ["postgresql://db:5433/app", { host: "db", port: "5433", dbname: "app" }],
    ["postgresql://me@db", { user: "me", host: "db" }],
    [
      "postgresql://me:p%40ss%2Fw%25rd@db/app",
      { user: "me", password: "p@ss/w%rd", host: "db", dbname: "app" },
    ],
    ["postgresql://:secret@/app", { password: "secret", dbname: "app" }],
    ["postgresql://[2001:db8::1]:5433/", { host: "2001:db8::1", port: "5433" }],
    ["postgresql://%2Fvar%2Frun/app", { host: "/var/run", dbname: "app" }],
    ["postgresql://a:1,b:2,c/app", { host: "a,b,c", port: "1,2,", dbname: "app" }],
    [
      "postgresql://db/app?sslmode=verify-full&connect_timeout=10&options=-c%20x%3Dy",
      { host: "db", dbname: "app", sslmode: "verify-full", connect_timeout: "10", options: "-c x=y" },
    ],
    ["postgresql:///app?host=db&user=me", { dbname: "app", host: "db", user: "me" }],
    ["postgresql://db?ssl=true", { host: "db", sslmode: "require" }],
    ["postgresql://a+b@db/%C3%A9t%C3%A9", { user: "a+b", host: "db", dbname: "été" }],
  ])("%s", (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });
});

describe("a wrong connection string", () => {
  const secret = "hunter2";
  test.each([
    [`password=my ${secret}`, 'no "=" where one is due, at character 20'],
    [`user=me ='${secret}'`, 'no keyword before the "=" at character 9'],
    [`host=db password='${secret}`, "ends inside the quoted value that begins at character 18"],
    [`postgresql://me:${secret}%@db`, 'a "%" that begins no valid character'],
    [`postgresql://me:${secret}%00@db`, 'a "%" that begins no valid character'],
    [`postgresql://me:${secret}@[::1/db`, "an IPv6 address that is empty, not closed"],
    [`postgresql://me:${secret}@[::1]x/db`, "followed by other text"],
    [`postgresql://db?password=${secret}=1`, "a parameter that is not keyword=value"],
    [`postgresql://db?${secret}`, "a parameter that is not keyword=value"],
    [`password=${secret}\0`, "a NUL character"],
  ])("%p: the place is named, the password is not", (text, found) => {
    const error = failure(() => parseConninfo(text));
    expect(error.message).toContain(found);
    expect(error.message).not.toContain(secret);
  });
});

describe("formatConninfo", () => {
  test("quotes where it must, and keeps the order", () => {
    const conninfo = new Map([
      ["port", "5432"],
      ["password", String.raw`it's \ here`],
      ["host", ""],
    ]);
    expect(formatConninfo(conninfo)).toBe(String.raw`port=5432 password='it\'s \\ here' host=''`);
  });

  test("refuses a keyword that could become something else", () => {
    expect(() => formatConninfo(new Map([["a b", "c"]]))).toThrow("is not a connection string keyword");
  });

  test("refuses NUL without repeating the value", () => {
    expect(failure(() => formatConninfo(new Map([["password", "hunter2\0"]]))).message).not.toContain(
      "hunter2",
    );
  });
});

const keyword = fc.stringMatching(/^[a-z_]{1,12}$/);
const character = fc.oneof(
  fc.constantFrom("'", "\\", " ", "=", "\n", "\v", "\u00a0", "@", "%", "/"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((c) => c !== "\0"),
);
const conninfos = fc.array(fc.tuple(keyword, fc.string({ unit: character }))).map((pairs) => new Map(pairs));

test("what is written is read back", () => {
  fc.assert(
    fc.property(conninfos, (conninfo) => {
      expect([...parseConninfo(formatConninfo(conninfo))]).toEqual([...conninfo]);
    }),
  );
});

test("any text is read or refused with a ConninfoError", () => {
  fc.assert(
    fc.property(fc.string({ unit: character }), fc.constantFrom("", "postgresql://"), (text, scheme) => {
      try {
        parseConninfo(scheme + text);
      } catch (error) {
        expect(error).toHaveProperty("name", "ConninfoError");
      }
    }),
  );
});

test("a password is put in, replaced and taken out", () => {
  const conninfo = parseConninfo("host=db password=old user=me");
  expect(formatConninfo(withPassword(conninfo, "new one"))).toBe("host=db password='new one' user=me");
  expect(formatConninfo(withoutPassword(conninfo))).toBe("host=db user=me");
});

test("two spellings of the same connection are the same", () => {
  const same = (a: string, b: string, options = {}) =>
    sameConninfo(parseConninfo(a), parseConninfo(b), options);
  expect(same("host=db user=me", "user='me' host=db")).toBe(true);
  expect(same("postgresql://me@db/app", "host=db dbname=app user=me")).toBe(true);
  expect(same("host=db port=''", "host=db")).toBe(true);
  expect(same("host=db", "host=other")).toBe(false);
  expect(same("host=db", "host=db user=me")).toBe(false);
  expect(same("host=db password=a", "host=db password=b")).toBe(false);
  expect(same("host=db password=a", "host=db", { ignorePassword: true })).toBe(true);
});

test("every secret is hidden", () => {
  const text =
    "host=db password=hunter2 sslpassword=hunter2 oauth_client_secret=hunter2 scram_client_key=hunter2";
  expect(redactConninfo(parseConninfo(text))).toBe(text.replaceAll("hunter2", "********"));
});

function failure(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) {
      return error;
    }
  }
  throw new Error("Nothing was thrown.");
}
