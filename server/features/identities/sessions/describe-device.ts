const USER_AGENT_LENGTH_MAX = 300;

/** The first that fits names the browser; those that carry another one's name stand before it. */
const BROWSERS = [
  [/\bEdgA?(iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
] as const;
const SYSTEMS = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
] as const;

/** A browser in words for the person who used it: “Chrome on Windows”. A hint only: a browser can say what it likes. */
export function describeDevice(userAgent: string | null): string {
  const told = (userAgent ?? '').slice(0, USER_AGENT_LENGTH_MAX);
  const browser = BROWSERS.find(([pattern]) => pattern.test(told))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(told))?.[1];
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? (system ? `a browser on ${system}` : 'an unknown browser');
}
