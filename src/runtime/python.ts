/** The Python whose packages run models: `$DNC_PYTHON`, else the `python3` that the shell would take. */
import { execFile } from "node:child_process";

export function pythonProgram(): string {
  return process.env["DNC_PYTHON"] || "python3";
}

/** The version of a package that it has; loads nothing. */
export function pythonPackage(name: string): Promise<string | undefined> {
  const script = `from importlib.metadata import version; print(version('${name}'))`;
  return new Promise((resolve) => {
    execFile(pythonProgram(), ["-c", script], (error, stdout) => {
      resolve(error === null ? stdout.trim() : undefined);
    });
  });
}

/** How to install a package of it. */
export function pythonHelp(name: string): string {
  return `run \`${pythonProgram()} -m pip install ${name}\`, or name a Python that has it in the variable DNC_PYTHON`;
}
