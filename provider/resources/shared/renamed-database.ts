import type { ConfiguredProvider } from "../../configured-provider";
import type { Resource } from "../../framework/resource";

/** By provider configuration, the new names of the databases that this process has planned to rename, by their present ones. */
const renames = new WeakMap<ConfiguredProvider, Map<string, string>>();

/**
 * The resource of databases itself, which tells the objects in a database that it is renamed. Terraform plans a database
 * before all that refers to it, in the same process, both for a plan and for its apply.
 */
export function announcingRenames(resource: Resource<ConfiguredProvider>): Resource<ConfiguredProvider> {
  return {
    ...resource,
    async plan(request) {
      const { provider, prior } = request;
      const response = await resource.plan(request);
      const [before, after] = [prior?.["name"], response.planned["name"]];
      if (provider === null || typeof after !== "string") return response;
      const known = renames.get(provider) ?? new Map<string, string>();
      renames.set(provider, known);
      if (typeof before !== "string") {
        // A database of this name is created, perhaps in the place of the one that was to be renamed.
        for (const [from, to] of known) if (to === after) known.delete(from);
      } else if (before !== after && response.replace.length === 0) {
        known.set(before, after);
      }
      return response;
    },
  };
}

/**
 * A resource of objects in a database. They stay what they are when the database is renamed: for such an object, nothing
 * but its state's `database` changes. Any other change of `database` means another object.
 */
export function followingRenames(resource: Resource<ConfiguredProvider>): Resource<ConfiguredProvider> {
  return {
    ...resource,
    plan(request) {
      const { provider, prior, config } = request;
      const before = prior?.["database"];
      const renamed =
        provider !== null && typeof before === "string" ? renames.get(provider)?.get(before) : undefined;
      return resource.plan(
        renamed !== undefined && config["database"] === renamed
          ? { ...request, prior: { ...prior, database: renamed } }
          : request,
      );
    },
    update(operation, prior, request) {
      const { database } = request.planned;
      return resource.update(operation, { ...prior, database: database ?? null }, request);
    },
  };
}
