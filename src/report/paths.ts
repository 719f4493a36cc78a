/** Paths of operations and of parts of a model. */

/** Without the name of the model. */
export function pathInModel({ path }: { readonly path: string }): string {
  return path.slice(path.indexOf("/") + 1);
}

/** The last name of a path. */
export function nameOf({ path }: { readonly path: string }): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The path of what holds it; empty where nothing does. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
export function partsAbove(path: string): readonly string[] {
  const names = path.split("/");
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}
