import { TerraformLocal } from "cdktf";
import { GeneratedSecret, type GeneratedSecretProps } from "../../../modules/secrets/generated-secret";
import { only, synthesizedStack } from "../aurora/synthesized-stack";

function synth(props: Partial<GeneratedSecretProps> = {}) {
  return synthesizedStack((scope) => {
    const secret = new GeneratedSecret(scope, "secret", {
      namePrefix: "orders-",
      description: "Orders.",
      members: { username: "orders" },
      ...props,
    });
    new TerraformLocal(scope, "password", secret.password);
    new TerraformLocal(scope, "password_version", secret.passwordVersion);
  });
}

test("the password is made up, stored write-only, and read back from the version that stored it", () => {
  const { ephemeral, resource, locals } = synth();
  expect(only(ephemeral, "aws_secretsmanager_random_password")).toEqual({
    password_length: 32,
    exclude_punctuation: true,
  });
  const text = JSON.stringify({ ephemeral, resource });
  expect(text).toMatch(
    /"secret_string_wo":"\$\{jsonencode\(\{\\"username\\" = \\"orders\\", \\"password\\" = ephemeral\.aws_secretsmanager_random_password\.\w+\.random_password\}\)\}"/,
  );
  expect(text).toMatch(
    /"secret_id":"\$\{aws_secretsmanager_secret\.\w+\.id\}","version_id":"\$\{aws_secretsmanager_secret_version\.\w+\.version_id\}"/,
  );
  expect(locals?.["password"]).toMatch(
    /^\$\{jsondecode\(ephemeral\.aws_secretsmanager_secret_version\.\w+\.secret_string\)\.password\}$/,
  );
});

test("another version stores another password", () => {
  expect(synth().locals?.["password_version"]).toBe("1");
  const { resource, locals } = synth({ passwordVersion: 7 });
  expect(locals?.["password_version"]).toBe("7");
  expect(JSON.stringify(resource)).toContain('"secret_string_wo_version":7');
});

test("it is gone when it is destroyed, so that its name is free", () => {
  expect(JSON.stringify(synth().resource)).toContain('"recovery_window_in_days":0');
});

test.each([0, 1.5, -1])("the version %j is refused", (passwordVersion) => {
  expect(() => synth({ passwordVersion })).toThrow(
    `passwordVersion must be a whole number, at least 1. Got ${passwordVersion}.`,
  );
});
