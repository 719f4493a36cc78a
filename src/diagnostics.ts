/** Every kind of diagnostic there is: `dnc explain` and the reference are made from this list. */
import type { DiagnosticKind } from "./base/diagnostic.ts";
import { internalError, systemFault } from "./base/faults.ts";

export const diagnosticKinds: readonly DiagnosticKind[] = [systemFault, internalError];
