/** The `let`s of files, evaluated once for each expansion. */
import type { Frame } from "../base/diagnostic.ts";
import { type Build, environmentAt, spend } from "./build.ts";
import { evaluate } from "./evaluate.ts";
import type { Module } from "./module.ts";
import { childScope, define, type Scope } from "./scope.ts";

export function fileScopes(): (module: Module, build: Build) => Scope {
  const scopes = new Map<Module, Scope>();
  const scopeOf = (module: Module, build: Build): Scope => {
    const known = scopes.get(module);
    if (known !== undefined) return known;
    const scope = childScope();
    scopes.set(module, scope);
    for (const [name, { ast: item, module: home }] of module.lets) {
      const frame: Frame = { kind: "model", name: "let", definition: item.name.span, bindings: [] };
      if (!spend({ build, frame }, item.name.span)) break;
      const homeScope = home === module ? scope : scopeOf(home, build);
      const value = evaluate(item.value, environmentAt({ build, frame, scope: homeScope }));
      define(scope, name, value, item.name.span);
    }
    return scope;
  };
  return scopeOf;
}
