/**
 * A Terraform type, in the JSON form that Terraform itself uses: `"string"`, `["list", "string"]`,
 * `["object", { name: "string" }]`. Dynamic types are left out: nothing in this provider is of one.
 */
export type CtyType =
  | "string"
  | "number"
  | "bool"
  | readonly ["list", CtyType]
  | readonly ["set", CtyType]
  | readonly ["map", CtyType]
  | readonly ["object", { readonly [attribute: string]: CtyType }];
