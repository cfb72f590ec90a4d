import type { FileHandle } from "node:fs/promises";
import { type LogFile, type LogFiles, nodeFiles } from "../../src/audit/files.ts";

export type Operation = "open" | "write" | "short-write" | "datasync" | "truncate" | "remove" | "syncFolder" | "stat";

/** A file system in which what `fails` names goes wrong: with that errno, or `short-write`: half of it is written first. */
export class FaultyFiles implements LogFiles {
  fails: (operation: Operation, path: string) => string | null = () => null;
  /** What is opened for writing is really this file. */
  redirect: (path: string) => string | null = () => null;
  readonly makeFolder = nodeFiles.makeFolder;
  readonly list = nodeFiles.list;
  readonly rename = nodeFiles.rename;

  async open(path: string, mode: Parameters<LogFiles["open"]>[1]): Promise<LogFile> {
    if (mode !== "read") this.#check("open", path);
    const elsewhere = mode === "read" ? null : this.redirect(path);
    const opened = elsewhere === null ? nodeFiles.open(path, mode) : nodeFiles.open(elsewhere, "append");
    const file = (await opened) as FileHandle;
    return {
      read: file.read.bind(file) as LogFile["read"],
      stat: file.stat.bind(file) as LogFile["stat"],
      close: file.close.bind(file),
      truncate: async (size) => {
        this.#check("truncate", path);
        await file.truncate(size);
      },
      datasync: async () => {
        this.#check("datasync", path);
        await file.datasync();
      },
      write: (async (bytes: Uint8Array, offset: number, length: number) => {
        this.#check("write", path);
        const code = this.fails("short-write", path);
        if (code === null) return file.write(bytes, offset, length);
        await file.write(bytes, offset, length >> 1);
        throw errno(code);
      }) as LogFile["write"],
    };
  }

  async stat(path: string) {
    this.#check("stat", path);
    return nodeFiles.stat(this.redirect(path) ?? path);
  }

  async remove(path: string): Promise<void> {
    this.#check("remove", path);
    await nodeFiles.remove(path);
  }

  async syncFolder(folder: string): Promise<void> {
    this.#check("syncFolder", folder);
    await nodeFiles.syncFolder(folder);
  }

  #check(operation: Operation, path: string): void {
    const code = this.fails(operation, path);
    if (code !== null) throw errno(code);
  }
}

function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}
