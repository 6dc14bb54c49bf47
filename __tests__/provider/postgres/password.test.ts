import { hashPassword, isPasswordHash, passwordMatches } from "../../../provider/postgres/password";

const SCRAM = { method: "scram-sha-256", iterations: 4096 } as const;
const MD5 = { method: "md5", iterations: 4096 } as const;

/** The example of RFC 7677: the password is pencil. */
const RFC_7677 =
  "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

describe("hashPassword", () => {
  test("makes another SCRAM verifier each time, with the server's iterations", async () => {
    const one = await hashPassword("pencil", "user", SCRAM);
    expect(one).toMatch(/^SCRAM-SHA-256\$4096:/);
    expect(await hashPassword("pencil", "user", SCRAM)).not.toBe(one);
    expect(await hashPassword("pencil", "user", { ...SCRAM, iterations: 7 })).toMatch(/^SCRAM-SHA-256\$7:/);
    expect(await passwordMatches("pencil", "user", one)).toBe(true);
  });

  test("salts an md5 hash with the role's name", async () => {
    expect(await hashPassword("secret", "joe", MD5)).toBe("md5c59ec932d911ffdf487595b5a2adf973");
  });

  test("leaves a hash as it is, whatever the server's method", async () => {
    expect(await hashPassword(RFC_7677, "user", MD5)).toBe(RFC_7677);
    const md5 = await hashPassword("secret", "joe", MD5);
    expect(await hashPassword(md5, "joe", SCRAM)).toBe(md5);
  });
});

describe("isPasswordHash", () => {
  test.each([
    "md5",
    "md5 is what I use",
    `md5${"g".repeat(32)}`,
    "SCRAM-SHA-256$",
    "SCRAM-SHA-256$4096:a$b",
    "",
  ])("takes %j for a password", (text) => expect(isPasswordHash(text)).toBe(false));
});

describe("passwordMatches", () => {
  test("verifies a password against the verifier of RFC 7677's example", async () => {
    expect(await passwordMatches("pencil", "user", RFC_7677)).toBe(true);
    expect(await passwordMatches("Pencil", "user", RFC_7677)).toBe(false);
  });

  test("verifies md5, another hash, and no password at all", async () => {
    const md5 = await hashPassword("secret", "joe", MD5);
    expect(await passwordMatches("secret", "joe", md5)).toBe(true);
    expect(await passwordMatches("secret", "jane", md5)).toBe(false);
    expect(await passwordMatches(md5, "joe", md5)).toBe(true);
    expect(await passwordMatches(RFC_7677, "joe", md5)).toBe(false);
    expect(await passwordMatches("secret", "joe", "")).toBe(false);
  });
});
