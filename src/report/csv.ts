/** A report as CSV (RFC 4180): a line for each operation or group, numbers as they are, without units. */
import { columnsOf } from "./columns.ts";
import type { Report } from "./report.ts";
import { type ViewOptions, viewOf } from "./view.ts";

/** Throws a `ColumnError` for a column that there is not. */
export function csvOf(report: Report, options: ViewOptions): string {
  const ids = [...new Set(columnsOf(report).map(({ id }) => id))];
  const isGrouped = options.groupBy !== undefined && options.groupBy !== "block";
  const depth = options.depth ?? (isGrouped ? 1 : undefined);
  const view = viewOf(report, {
    columns: ids,
    ...options,
    ...(depth !== undefined && { depth }),
    expand: true,
  });
  const { columns } = view;
  // The line of all others is for people; a line of a group holds the sums of those below it.
  const shown = view.lines.filter(({ item, isOpen }) => item.path !== "" && (depth !== undefined || !isOpen));
  const isFlat = options.top !== undefined || isGrouped;
  const records = [
    ["path", ...columns.map(({ id }) => id)],
    ...shown.map(({ item }) => [
      isFlat ? item.name : item.path,
      ...columns.map((column) => column.value(item) ?? ""),
    ]),
  ];
  return csvText(records);
}

export function csvText(records: readonly (readonly (bigint | number | string)[])[]): string {
  return records.map((record) => `${record.map(field).join(",")}\r\n`).join("");
}

function field(value: bigint | number | string): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
