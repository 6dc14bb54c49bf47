import { TerraformOutput, TerraformStack, Testing, Token } from "cdktf";
import { DataPostgresqlTableComparison } from "../../bindings/data-postgresql-table-comparison";

test("the counts of one side find their way to the other, and the comparison to an output", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const tables = ["public.a"];
  const there = new DataPostgresqlTableComparison(stack, "there", { tables });
  const here = new DataPostgresqlTableComparison(stack, "here", {
    tables,
    otherRowCounts: Token.asNumberMap(there.rowCounts),
  });
  new TerraformOutput(stack, "comparison", { value: here.comparison });
  new TerraformOutput(stack, "first", { value: here.comparison.get(0).rowCount });
  expect(JSON.parse(Testing.synth(stack))).toMatchObject({
    data: {
      postgresql_table_comparison: {
        here: { other_row_counts: "${data.postgresql_table_comparison.there.row_counts}" },
      },
    },
    output: {
      comparison: { value: "${data.postgresql_table_comparison.here.comparison}" },
      first: { value: "${data.postgresql_table_comparison.here.comparison[0].row_count}" },
    },
  });
});
