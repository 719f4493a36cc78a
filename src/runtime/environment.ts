/** The settings that TensorFlow reads from the environment, once, when it is loaded. */

export interface Threads {
  /** How many threads work on one operation. */
  readonly intra: number;
  /** How many operations run at the same time. */
  readonly inter: number;
}

export interface NativeSettings {
  /** Without it TensorFlow takes what the environment says, else all cores for both. */
  readonly threads?: Threads;
  /** This process runs models but never trains one: weights may be packed once and for all. */
  readonly inferenceOnly?: boolean;
}

/** What must be set before the library is loaded. Our own choices win; for the rest the person's come first. */
export function nativeEnvironment(
  settings: NativeSettings,
  person: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const { threads, inferenceOnly } = settings;
  return {
    // Warnings about instructions and registrations are noise to whoever runs a model.
    TF_CPP_MIN_LOG_LEVEL: person["TF_CPP_MIN_LOG_LEVEL"] ?? "2",
    ...(inferenceOnly
      ? { TF_ONEDNN_ASSUME_FROZEN_WEIGHTS: person["TF_ONEDNN_ASSUME_FROZEN_WEIGHTS"] ?? "1" }
      : {}),
    ...(threads === undefined
      ? {}
      : { TF_NUM_INTRAOP_THREADS: `${threads.intra}`, TF_NUM_INTEROP_THREADS: `${threads.inter}` }),
  };
}
