/**
 * Names that RDS and DMS accept as identifiers. Both convert upper case to lower case, and Terraform would then report
 * drift, so the pattern excludes it. Valid in JavaScript and in Terraform.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
 */
export const AWS_NAME_PATTERN = "^[a-z](-?[a-z0-9])*$";

/** The pattern in words: how an error message continues after "must consist of up to 63". */
export const AWS_NAME_RULE =
  "lower case letters, digits and single hyphens, begin with a letter, and not end with a hyphen";
