/** A strict reader of XML without namespaces and document types: what is not well-formed throws, with its place. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

export function parseXml(text: string): Element {
  let at = 0;
  const fail = (reason: string): never => {
    throw new Error(`${reason} at ${at}: ${text.slice(at, at + 60)}`);
  };
  const take = (pattern: RegExp): string | undefined => {
    const found = new RegExp(pattern.source, "uy");
    found.lastIndex = at;
    const match = found.exec(text);
    if (match === null) return undefined;
    at = found.lastIndex;
    return match[0];
  };
  const decoded = (raw: string): string => {
    if (raw.includes("<")) fail("a bare <");
    return raw.replace(/&(\w*);?/g, (whole, name: string) => {
      const letter = whole.endsWith(";") ? ENTITIES[name] : undefined;
      return letter ?? fail(`the entity ${whole}`);
    });
  };
  const element = (): Element => {
    if (take(/</) === undefined) fail("no element");
    const name = take(/[A-Za-z][\w:.-]*/) ?? fail("no name");
    const attributes: Record<string, string> = {};
    while (take(/\s+/) !== undefined) {
      const key = take(/[A-Za-z_][\w:.-]*/);
      if (key === undefined) break;
      if (Object.hasOwn(attributes, key)) fail(`a second ${key}`);
      const value = take(/="[^"]*"/) ?? fail(`no value of ${key}`);
      attributes[key] = decoded(value.slice(2, -1));
    }
    if (take(/\/>/) !== undefined) return { name, attributes, children: [] };
    if (take(/>/) === undefined) fail(`${name} does not end`);
    const children: (Element | string)[] = [];
    for (;;) {
      const words = take(/[^<]+/);
      if (words !== undefined) children.push(decoded(words));
      if (take(/<\/[\w:.-]+>/) !== undefined) {
        const end = text.slice(text.lastIndexOf("</", at - 1) + 2, at - 1);
        if (end !== name) fail(`${end} ends ${name}`);
        return { name, attributes, children };
      }
      children.push(element());
    }
  };
  const root = element();
  take(/\s+/);
  if (at < text.length) fail("more than one element");
  return root;
}

/** An element with all elements that it stands in, the innermost first. */
export interface Found {
  readonly element: Element;
  readonly ancestors: readonly Element[];
}

export function elementsIn(element: Element, ancestors: readonly Element[] = []): readonly Found[] {
  const inside = element.children.flatMap((child) =>
    typeof child === "string" ? [] : elementsIn(child, [element, ...ancestors]),
  );
  return [{ element, ancestors }, ...inside];
}

export function titleOf({ children }: Element): string | undefined {
  const title = children.find((child) => typeof child !== "string" && child.name === "title");
  return typeof title === "object" ? textOf(title) : undefined;
}

export function textOf({ children }: Element): string {
  return children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
}
