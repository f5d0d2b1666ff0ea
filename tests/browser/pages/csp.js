// Shows that the policy is in force, for scripts of this page.

globalThis.violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  globalThis.violations.push(`${violatedDirective} ${blockedURI}`),
);

globalThis.tryEval = () => {
  try {
    return Reflect.construct(Function, ['return 1'])();
  } catch (error) {
    return error.name;
  }
};
