import { connectionUrl, conninfo, type PostgresEndpoint } from "../../sandbox/postgres-endpoint";

const endpoint: PostgresEndpoint = {
  host: "127.0.0.1",
  port: 5432,
  major: 18,
  username: "postgres",
  password: "p@:",
};

test("a connection URL escapes what has a meaning in URLs", () => {
  expect(connectionUrl(endpoint)).toBe("postgresql://postgres:p%40%3A@127.0.0.1:5432/postgres");
  expect(connectionUrl(endpoint, "a/b c")).toBe("postgresql://postgres:p%40%3A@127.0.0.1:5432/a%2Fb%20c");
});

test("a conninfo escapes what has a meaning in libpq's quoting", () => {
  expect(conninfo(endpoint, "it's \\ here")).toBe(
    "host='127.0.0.1' port='5432' user='postgres' password='p@:' dbname='it\\'s \\\\ here'",
  );
});
