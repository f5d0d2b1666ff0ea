// What the declarations need of the host: its own where the project's libraries (dom, webworker,
// @types/node) declare it, and the least that it must be where none does.

interface LeastEvent {
  readonly type: string;
  readonly target: LeastEventTarget | null;
  readonly currentTarget: LeastEventTarget | null;
  readonly bubbles: boolean;
  readonly cancelable: boolean;
  readonly composed: boolean;
  readonly defaultPrevented: boolean;
  readonly isTrusted: boolean;
  readonly timeStamp: number;
  preventDefault(): void;
  stopPropagation(): void;
  stopImmediatePropagation(): void;
}

interface LeastEventTarget {
  addEventListener(type: string, listener: any, options?: any): void;
  removeEventListener(type: string, listener: any, options?: any): void;
  dispatchEvent(event: any): boolean;
}

interface LeastMessageEvent extends LeastEvent {
  readonly data: any;
  readonly origin: string;
}

interface LeastDOMException extends Error {
  readonly code: number;
}

interface LeastBlob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

type Instance<Constructor> = Constructor extends { prototype: infer T } ? T : never;

export type HostEvent = typeof globalThis extends { Event: infer T } ? Instance<T> : LeastEvent;
export type HostEventTarget = typeof globalThis extends { EventTarget: infer T }
  ? Instance<T>
  : LeastEventTarget;
export type HostMessageEvent = typeof globalThis extends { MessageEvent: infer T }
  ? Instance<T>
  : LeastMessageEvent;
export type HostDOMException = typeof globalThis extends { DOMException: infer T }
  ? Instance<T>
  : LeastDOMException;
export type HostBlob = typeof globalThis extends { Blob: infer T } ? Instance<T> : LeastBlob;
export type HostAbortSignal = typeof globalThis extends { AbortSignal: infer T }
  ? Instance<T>
  : { readonly aborted: boolean };
export type HostReadableStream = typeof globalThis extends { ReadableStream: infer T }
  ? Instance<T>
  : object;
export type HostWritableStream = typeof globalThis extends { WritableStream: infer T }
  ? Instance<T>
  : object;
export type HostWorker = typeof globalThis extends { Worker: infer T } ? Instance<T> : object;
export type HostMessagePort = typeof globalThis extends { MessagePort: infer T }
  ? Instance<T>
  : object;
export type HostURL = typeof globalThis extends { URL: infer T } ? Instance<T> : { href: string };
export type HostWasmModule = typeof globalThis extends { WebAssembly: { Module: infer T } }
  ? Instance<T>
  : object;

export type HostListener =
  ((event: HostEvent) => void) | { handleEvent(event: HostEvent): void } | null;

export interface HostListenerCapture {
  capture?: boolean;
}

export interface HostListenerOptions extends HostListenerCapture {
  once?: boolean;
  passive?: boolean;
  signal?: HostAbortSignal;
}

export {};
