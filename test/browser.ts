/** A browser without a window, if one is installed, spoken to over its debugging pipe. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** The path of a browser; `undefined` where none is installed. */
export function findBrowser(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

type Fields = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
}

const KEY_CODES = {
  Tab: 9,
  Enter: 13,
  Escape: 27,
  End: 35,
  Home: 36,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
} as const;
export type Key = keyof typeof KEY_CODES;

export interface Page {
  /** One command of the Chrome DevTools Protocol. */
  send(method: string, params?: Fields): Promise<Fields>;
  /** Loads a file or address, and waits until it has loaded. */
  open(url: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Presses and releases keys, one after the other. */
  press(...keys: readonly Key[]): Promise<void>;
  /** What its reader prefers, of pages that are opened from now on. */
  prefer(scheme: "light" | "dark"): Promise<void>;
  /** What the page wrote to its console, and what failed in it. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openPage(browser: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), "dnc-browser-"));
  const child = spawn(
    browser,
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      "--remote-debugging-pipe",
      `--user-data-dir=${profile}`,
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const connection = connect(child);
  const { targetId } = await connection.send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await connection.send("Target.attachToTarget", { targetId, flatten: true });
  const send = (method: string, params: Fields = {}): Promise<Fields> =>
    connection.send(method, params, String(sessionId));
  for (const domain of ["Page", "Runtime", "Log"]) await send(`${domain}.enable`);
  return {
    send,
    complaints: connection.complaints,
    async open(url) {
      const loaded = connection.next("Page.loadEventFired");
      await send("Page.navigate", { url });
      await loaded;
    },
    async evaluate(expression) {
      const { result, exceptionDetails } = await send("Runtime.evaluate", {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return (result as Fields)["value"];
    },
    async press(...keys) {
      for (const key of keys) {
        const text = key === "Enter" ? { text: "\r" } : {};
        const event = { key, code: key, windowsVirtualKeyCode: KEY_CODES[key] };
        await send("Input.dispatchKeyEvent", { type: "keyDown", ...event, ...text });
        await send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
      }
    },
    async prefer(scheme) {
      await send("Emulation.setEmulatedMedia", {
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
    },
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await connection.send("Browser.close");
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Connection {
  send(method: string, params?: Fields, sessionId?: string): Promise<Fields>;
  next(method: string): Promise<Fields>;
  readonly complaints: string[];
}

/** Messages are JSON texts that end with a zero byte. */
function connect(child: ChildProcess): Connection {
  const [writer, reader] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const answers = new Map<number, (message: Message) => void>();
  const waiting = new Map<string, ((params: Fields) => void)[]>();
  const complaints: string[] = [];
  let [lastId, rest] = [0, ""];
  reader.setEncoding("utf8").on("data", (chunk: string) => {
    const texts = `${rest}${chunk}`.split("\0");
    rest = texts.pop() ?? "";
    for (const text of texts) receive(JSON.parse(text) as Message);
  });
  function receive(message: Message): void {
    if (message.id !== undefined) answers.get(message.id)?.(message);
    const { method = "", params = {} } = message;
    for (const resolve of waiting.get(method)?.splice(0) ?? []) resolve(params);
    if (["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"].includes(method))
      complaints.push(JSON.stringify(params));
  }
  return {
    complaints,
    send(method, params = {}, sessionId) {
      lastId += 1;
      const id = lastId;
      writer.write(
        `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
      );
      return new Promise((resolve, reject) =>
        answers.set(id, ({ result = {}, error }) =>
          error === undefined ? resolve(result) : reject(new Error(`${method}: ${error.message}`)),
        ),
      );
    },
    next: (method) =>
      new Promise((resolve) => waiting.set(method, [...(waiting.get(method) ?? []), resolve])),
  };
}

/** An expression for the least contrast of words and of texts in drawings with grounds, as WCAG 2.2 defines it. */
export function leastContrast(words: string, grounds: string): string {
  return `(() => {
  const luminance = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((value) => {
      const part = Number(value) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const grounds = [...document.querySelectorAll(${JSON.stringify(grounds)})].map((each) => getComputedStyle(each).backgroundColor);
  const texts = [...document.querySelectorAll("svg text")].map((text) => getComputedStyle(text).fill);
  const words = [...document.querySelectorAll(${JSON.stringify(words)})].map((each) => getComputedStyle(each).color);
  return Math.min(...[...texts, ...words].flatMap((color) => grounds.map((ground) => contrast(luminance(color), luminance(ground)))));
})()`;
}
