import { TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { areTableNames, requireTableNames, tablesBySchema } from "../../../modules/replication/table-names";
import { parseRelationName } from "../../../provider/postgres/relation-name";
import { terraformOutputs } from "./terraform-outputs";

const names = [
  "public.orders",
  "public.LogicalReplicationTest",
  '"my.schema".orders',
  '"my.schema"."a ""quoted"" table"',
  'sales."x.y"',
  "a b.it's %{ if } 🐘",
];
const strange = [
  "orders",
  "",
  ".orders",
  "public.",
  "a.b.c",
  'public."orders',
  'pub"lic.orders',
  '"".orders',
];

test.each(names)("%j names a table with its schema", (name) => {
  expect(() => requireTableNames("tables", [name])).not.toThrow();
});

test.each(strange)("%j is refused, saying what was expected and what was got", (name) => {
  expect(() => requireTableNames("tables", ["public.orders", name])).toThrow(
    `tables must be table names with their schema, such as "public.orders". Put a part that contains a dot in double quotes, such as '"my.schema".orders'. Got ${JSON.stringify(name)}.`,
  );
});

test("a list that only Terraform knows is left to Terraform", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const variable = new TerraformVariable(stack, "tables", { type: "list(string)" });
  expect(() => requireTableNames("tables", variable.listValue)).not.toThrow();
});

test("Terraform tells names from what is none, and groups them by schema as the provider reads them", () => {
  const outputs = terraformOutputs((stack) => {
    const tables = new TerraformVariable(stack, "tables", { type: "list(string)", default: names });
    const output = (id: string, value: unknown) => new TerraformOutput(stack, id, { value });
    output("by_schema", tablesBySchema(stack, "grouped", tables.listValue).expression);
    output(
      "except_public",
      tablesBySchema(stack, "except", tables.listValue, ["public", "other"]).expression,
    );
    output("fine", areTableNames("var.tables"));
    output(
      "strange",
      strange.map((name) => areTableNames(`[${JSON.stringify(name)}]`)),
    );
  });
  const bySchema: Record<string, string[]> = {};
  for (const { schema, name } of names.map(parseRelationName)) {
    (bySchema[schema ?? ""] ??= []).push(name);
  }
  const exceptPublic = Object.fromEntries(Object.entries(bySchema).filter(([schema]) => schema !== "public"));
  expect(outputs).toEqual({
    by_schema: bySchema,
    except_public: exceptPublic,
    fine: true,
    strange: strange.map(() => false),
  });
});
