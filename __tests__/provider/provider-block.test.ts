import type { Config } from "../../provider/framework/values";
import { connectionSettings, providerBlock } from "../../provider/provider-block";

/** A provider block that leaves out all but these arguments. */
function block(given: Partial<Config<typeof providerBlock>>): Config<typeof providerBlock> {
  const nothing = Object.fromEntries(Object.keys(providerBlock.attributes).map((name) => [name, null]));
  return { ...nothing, clientcert: [], ...given } as Config<typeof providerBlock>;
}

describe("the host of a provider block", () => {
  test.each([
    ["[::1]", "::1"],
    ["[fe80::1%eth0]", "fe80::1%eth0"],
    ["::1", "::1"],
    ["127.0.0.1", "127.0.0.1"],
    ["/var/run/postgresql", "/var/run/postgresql"],
    ["", "localhost"],
  ])("%j means %s", (host, expected) => {
    expect(connectionSettings(block({ host })).host).toBe(expected);
  });
});
