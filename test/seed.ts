/** Property tests draw the same values in every run, so that a red run is news; `DNC_FUZZ_SEED=random` looks further. */
import fc from "fast-check";

const seed = process.env["DNC_FUZZ_SEED"] ?? "20170721";
if (seed !== "random") fc.configureGlobal({ seed: Number(seed) });
