import { TerraformOutput, TerraformVariable } from "cdktf";
import { conninfo } from "../../../modules/replication/conninfo";
import { parseConninfo } from "../../../provider/postgres/conninfo";
import { terraformOutputs } from "./terraform-outputs";

const awkward = {
  host: "db.example",
  port: "5433",
  dbname: 'it\'s a "database"',
  user: "back\\slash\\\\ and '' %{ if } $& /x/ 🐘",
};

test("literal values with spaces, quotes and backslashes are read back as they were", () => {
  expect(Object.fromEntries(parseConninfo(conninfo(awkward)))).toEqual(awkward);
});

test("numbers are written as they are", () => {
  expect(conninfo({ host: "localhost", port: 5432, connect_timeout: 10 })).toBe(
    "host='localhost' port='5432' connect_timeout='10'",
  );
});

test("values that only Terraform knows are quoted by Terraform", () => {
  const environment = Object.entries(awkward).map(([name, value]) => [`TF_VAR_${name}`, value] as const);
  const outputs = terraformOutputs((stack) => {
    const text = (name: string) => new TerraformVariable(stack, name, { type: "string" }).stringValue;
    const port = new TerraformVariable(stack, "port", { type: "number" }).numberValue;
    new TerraformOutput(stack, "conninfo", {
      value: conninfo({ host: text("host"), port, dbname: text("dbname"), user: text("user") }),
    });
  }, Object.fromEntries(environment));
  expect(Object.fromEntries(parseConninfo(String(outputs["conninfo"])))).toEqual(awkward);
});
