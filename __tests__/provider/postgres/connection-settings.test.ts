import { settingsFromConninfo } from "../../../provider/postgres/connection-settings";
import { parseConninfo } from "../../../provider/postgres/conninfo";

const settings = (text: string, password?: string) => settingsFromConninfo(parseConninfo(text), password);

test("a full connection string becomes settings", () => {
  expect(
    settings(
      "host=db port=5433 dbname=app user=me password=secret sslmode=verify-full sslrootcert=ca.pem sslcert=c.pem sslkey=k.pem connect_timeout=7",
    ),
  ).toMatchObject({
    host: "db",
    port: 5433,
    database: "app",
    username: "me",
    password: "secret",
    ssl: { mode: "verify-full", rootCert: "ca.pem", clientCert: { cert: "c.pem", key: "k.pem" } },
    connectTimeoutSeconds: 7,
  });
});

test("what is left out is libpq's default", () => {
  expect(settings("user=me")).toEqual({
    host: "localhost",
    port: 5432,
    database: "me",
    username: "me",
    ssl: { mode: "prefer" },
    connectTimeoutSeconds: 180,
    maxConnections: 20,
    applicationName: "terraform-provider-postgresql",
  });
});

test("a password that is given apart goes before the one in the string", () => {
  expect(settings("user=me password=old", "new").password).toBe("new");
});

test.each([
  ["host=db", "names no user"],
  ["user=me host=a,b", "several hosts"],
  ["user=me port=http", "port is not a whole number"],
  ["user=me port=70000", "port is not a whole number from 1 to 65535"],
  ["user=me sslmode=always", 'sslmode is "always". It can be disable, allow, prefer'],
])("%s is refused: %s", (text, found) => {
  expect(() => settings(text)).toThrow(found);
});
