/** What TensorFlow is told through the environment, and where the cache is. */
import { expect, it } from "vitest";
import { nativeEnvironment } from "../../src/runtime/environment.ts";
import { cacheFolder } from "../../src/runtime/setup/cache.ts";

it("sets the threads that were asked for, and nothing that was not", () => {
  expect(nativeEnvironment({}, {})).toEqual({ TF_CPP_MIN_LOG_LEVEL: "2" });
  expect(nativeEnvironment({ threads: { intra: 1, inter: 2 } }, {})).toEqual({
    TF_CPP_MIN_LOG_LEVEL: "2",
    TF_NUM_INTRAOP_THREADS: "1",
    TF_NUM_INTEROP_THREADS: "2",
  });
});

it("leaves the person's own log level and packing of weights", () => {
  const person = { TF_CPP_MIN_LOG_LEVEL: "0", TF_ONEDNN_ASSUME_FROZEN_WEIGHTS: "0" };
  expect(nativeEnvironment({ inferenceOnly: true }, person)).toEqual(person);
});

it("looks for the cache in DNC_CACHE_DIR, then the XDG folder, then the home", () => {
  const HOME = "/home/ada";
  expect(cacheFolder({ HOME, XDG_CACHE_HOME: "/x", DNC_CACHE_DIR: "/big" })).toBe("/big");
  expect(cacheFolder({ HOME, XDG_CACHE_HOME: "/x" })).toBe("/x/dnc");
  expect(cacheFolder({ HOME, XDG_CACHE_HOME: "relative" })).toBe("/home/ada/.cache/dnc");
  expect(cacheFolder({ HOME, DNC_CACHE_DIR: "" })).toBe("/home/ada/.cache/dnc");
});
