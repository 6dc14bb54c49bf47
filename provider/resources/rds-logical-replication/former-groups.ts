import type { ConfiguredProvider } from "../../configured-provider";

const FORMER_GROUPS = new WeakMap<ConfiguredProvider, Map<string, string>>();

/**
 * The former parameter groups, by object ID, of objects whose creation failed after the reboot. Terraform destroys such an
 * object and creates it again in one process. To attach the former group in between would cost another reboot.
 */
export function formerGroupsOf(provider: ConfiguredProvider): Map<string, string> {
  const groups = FORMER_GROUPS.get(provider) ?? new Map<string, string>();
  FORMER_GROUPS.set(provider, groups);
  return groups;
}
