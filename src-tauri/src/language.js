// Minimal systems report the language "C", which is no language tag: everything that formats with
// it throws, and the window stays white. This runs before any page script.
(() => {
  const isTag = (tag) => {
    try {
      return typeof tag === "string" && Intl.getCanonicalLocales(tag).length === 1;
    } catch {
      return false;
    }
  };
  const known = Array.from(navigator.languages ?? []).filter(isTag);
  const first = isTag(navigator.language) ? navigator.language : (known[0] ?? "en-US");
  const all = Object.freeze(known.length > 0 ? known : [first]);
  Object.defineProperty(Navigator.prototype, "language", { get: () => first });
  Object.defineProperty(Navigator.prototype, "languages", { get: () => all });
})();
