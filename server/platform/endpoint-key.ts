/** What an endpoint is of: one operation of one biller at one address. */
export interface EndpointName {
  readonly bid: number;
  readonly operation: string;
  readonly environment: number;
  readonly host: string;
}

const KEY = /^(\d{1,10})\/([a-z-]{1,40})\/(\d{1,3})\/(.{1,300})$/;

/** The key by which egress tells endpoints apart: `2984/payment/1/mips.example.com`. */
export function endpointKeyOf(of: Omit<EndpointName, 'host'> & { url: string }): string {
  const host = /^https?:\/\/([^/?#]+)/i.exec(of.url)?.[1] ?? 'no host';
  return `${of.bid}/${of.operation}/${of.environment}/${host}`;
}

/** What a key says; undefined for an endpoint that belongs to no biller, as the payment processor's. */
export function readEndpointKey(key: string): EndpointName | undefined {
  const [, bid, operation, environment, host] = KEY.exec(key) ?? [];
  if (bid === undefined || operation === undefined || environment === undefined || host === undefined) return undefined;
  return { bid: Number(bid), operation, environment: Number(environment), host };
}
