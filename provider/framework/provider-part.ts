import type { DataSource } from "./data-source";
import type { Operation, Resource } from "./resource";

/** Serves a resource type whose operations need only a part of the configured provider. */
export function resourceOfPart<P, Q>(resource: Resource<Q>, part: (provider: P) => Q): Resource<P> {
  const narrow = narrowing(part);
  return {
    ...resource,
    plan: (request) =>
      resource.plan({ ...request, provider: request.provider === null ? null : part(request.provider) }),
    create: (operation, request) => resource.create(narrow(operation), request),
    read: (operation, state) => resource.read(narrow(operation), state),
    update: (operation, prior, request) => resource.update(narrow(operation), prior, request),
    delete: (operation, state, saveState) => resource.delete(narrow(operation), state, saveState),
    importState: (importId, provider) => resource.importState(importId, part(provider)),
  };
}

/** Serves a data source whose read needs only a part of the configured provider. */
export function dataSourceOfPart<P, Q>(dataSource: DataSource<Q>, part: (provider: P) => Q): DataSource<P> {
  const narrow = narrowing(part);
  return { ...dataSource, read: (operation, config) => dataSource.read(narrow(operation), config) };
}

function narrowing<P, Q>(part: (provider: P) => Q): (operation: Operation<P>) => Operation<Q> {
  return (operation) => ({ ...operation, provider: part(operation.provider) });
}
