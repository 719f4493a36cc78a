/** The value of a formula of the language, or whether a relation holds, by the arithmetic of JavaScript. */
export function computed(formula: string, values: Readonly<Record<string, number>>): number {
  const names = Object.keys(values);
  const compute = new Function("floor", "ceil", "min", "max", ...names, `return ${formula};`);
  return compute(Math.floor, Math.ceil, Math.min, Math.max, ...names.map((name) => values[name]));
}
