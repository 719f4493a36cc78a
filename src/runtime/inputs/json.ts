/** Arrays as JSON: nested lists of numbers, or `{"shape": […], "data": […]}` as `dnc run --json` prints outputs. */
import { count } from "../../base/text.ts";
import { elementsOf } from "../../ops/reference-tensor.ts";
import { type ArrayFormat, type Malformed, positionOf, promisedBytes, type StoredArray } from "./array.ts";
import { parseJson } from "./json-text.ts";

/** No array has more axes; a file may nest deeper. */
const MAX_AXES = 8;

export const json: ArrayFormat = {
  // Numbers and lists take several times as much memory as their text.
  limit: 2 ** 27,
  advice: 'give nested lists of numbers, or `{"shape": [3, 2, 2], "data": [1, 2, …]}`',
  parse(bytes) {
    const parsed = parseJson(bytes);
    return "malformed" in parsed ? parsed : fromValue(parsed.value);
  },
};

function fromValue(value: unknown): StoredArray | Malformed {
  if (Array.isArray(value)) return fromNested(value);
  if (typeof value !== "object" || value === null) return { malformed: "it is neither a list nor an object" };
  return fromFlat(value);
}

/** The sizes are those of the first list on each level; all others must agree. */
function fromNested(value: readonly unknown[]): StoredArray | Malformed {
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    if (shape.length > MAX_AXES) return { malformed: `its lists are nested more than ${MAX_AXES} deep` };
  }
  let level: readonly unknown[] = value;
  for (const [axis, size] of shape.entries()) {
    if (axis === 0) continue;
    const odd = level.findIndex((list) => !Array.isArray(list) || list.length !== size);
    if (odd >= 0) {
      const place = positionOf(odd, shape.slice(0, axis)).map((index) => `[${index}]`);
      return {
        malformed: `its element ${place.join("")} is no list of ${count(size, "element")}, as the first one is`,
      };
    }
    level = level.flat();
  }
  return fromNumbers(level, shape);
}

function fromFlat(value: object): StoredArray | Malformed {
  const shape: unknown = "shape" in value ? value.shape : undefined;
  const data: unknown = "data" in value ? value.data : undefined;
  if (!isShape(shape)) return { malformed: "its `shape` is no list of sizes" };
  if (!Array.isArray(data)) return { malformed: "its `data` is no list" };
  if (elementsOf(shape) !== data.length) {
    return {
      malformed: `its shape [${shape.join(", ")}] does not fit its data, which are ${count(data.length, "number")}`,
    };
  }
  return fromNumbers(data, shape);
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= MAX_AXES && promisedBytes(value, 4) !== undefined;
}

function fromNumbers(values: readonly unknown[], shape: readonly number[]): StoredArray | Malformed {
  const odd = values.findIndex((value) => typeof value !== "number");
  if (odd >= 0) {
    const place = positionOf(odd, shape).map((index) => `[${index}]`);
    return { malformed: `its element ${place.join("")} is no number` };
  }
  return { shape, type: "numbers", decode: () => Float32Array.from(values, Number) };
}
