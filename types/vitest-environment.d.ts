// `webrtc-wasm/vitest-environment`, by its path, for `environment` in Vitest's configuration.

declare const environment: {
  name: string;
  viteEnvironment: string;
  setup(global: any, options: any): Promise<{ teardown(global: any): Promise<void> }>;
  setupVM?(options: any): Promise<any>;
};
export default environment;
