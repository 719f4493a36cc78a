/** The door for programs that run models: `openSession` of an artifact, and what makes one. Needs Node. */
export { writeArtifact } from "./artifact.ts";
export type { NativeSettings } from "./environment.ts";
export { type BatchValues, openSession, type Session } from "./session.ts";
