// The part of the `multicast-dns` package that is used here; the package ships no declarations.
declare module 'multicast-dns' {
  export interface Answer {
    name: string;
    type: string;
    data: unknown;
  }
  export interface MulticastDns {
    on(event: 'response' | 'query', listener: (packet: any, from: any) => void): this;
    on(event: 'ready' | 'networkInterface', listener: () => void): this;
    on(event: 'error' | 'warning', listener: (error: Error) => void): this;
    query(questions: { name: string; type: string }[], callback?: (error?: Error) => void): void;
    respond(response: { answers: Answer[] }, callback?: () => void): void;
    destroy(callback?: () => void): void;
    emit(event: 'response', packet: any): boolean;
  }
  export interface Options {
    multicast?: boolean;
    interface?: string;
    bind?: string;
    port?: number;
    ip?: string;
    ttl?: number;
    loopback?: boolean;
    reuseAddr?: boolean;
    socket?: unknown;
  }
  export default function create(options?: Options): MulticastDns;
}
