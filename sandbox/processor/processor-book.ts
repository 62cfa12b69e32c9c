import type { Charge, Checkout, KeptAnswer, Method, ProcessorEvent, Put } from './records.ts';

/** Things kept of each kind; a sandbox that reaches one is restarted without its state. */
const KEPT_MAX = 1_000_000;

/** Everything the processor knows, changed only by `apply`. */
export class ProcessorBook {
  readonly checkouts = new Map<string, Checkout>();
  readonly charges = new Map<string, Charge>();
  readonly methods = new Map<string, Method>();
  readonly answers = new Map<string, KeptAnswer>();
  /** References no checkout and no charge may be made for any more. */
  readonly blocked = new Set<string>();
  /** Events whose webhook no one has answered for yet. */
  readonly undelivered = new Set<string>();
  /** Approved charges, and settled ones with something still in store. */
  readonly unfinished = new Set<string>();
  events: ProcessorEvent[] = [];
  private readonly checkoutByReference = new Map<string, string>();
  private readonly chargeByReference = new Map<string, string>();
  private readonly eventById = new Map<string, ProcessorEvent>();

  apply(puts: readonly Put[]): void {
    for (const put of puts) this.put(put);
  }

  checkoutOf(reference: string): Checkout | undefined {
    return this.checkouts.get(this.checkoutByReference.get(reference) ?? '');
  }

  chargeOf(reference: string): Charge | undefined {
    return this.charges.get(this.chargeByReference.get(reference) ?? '');
  }

  event(id: string): ProcessorEvent | undefined {
    return this.eventById.get(id);
  }

  /** The program died while a payer waited: no charge was made, so the page opens again. */
  reopenInterrupted(): void {
    for (const checkout of this.checkouts.values()) if (checkout.status === 'processing') checkout.status = 'open';
  }

  private put(put: Put): void {
    switch (put.kind) {
      case 'checkout':
        keep(this.checkouts, put.value.id, put.value);
        this.checkoutByReference.set(put.value.reference, put.value.id);
        return;
      case 'charge':
        keep(this.charges, put.value.id, put.value);
        this.chargeByReference.set(put.value.reference, put.value.id);
        this.follow(put.value);
        return;
      case 'method':
        keep(this.methods, put.value.token, put.value);
        return;
      case 'forget-method':
        this.methods.delete(put.token);
        return;
      case 'event':
        if (this.events.length >= KEPT_MAX) throw new Error(`A sandbox keeps at most ${KEPT_MAX} events`);
        this.events.push(put.value);
        this.eventById.set(put.value.id, put.value);
        this.undelivered.add(put.value.id);
        return;
      case 'answer':
        keep(this.answers, put.value.key, put.value);
        return;
      case 'blocked':
        this.blocked.add(put.reference);
        return;
      case 'delivered':
        this.undelivered.delete(put.eventId);
        return;
      case 'forget-all':
        this.forgetAll();
        return;
      default: {
        const never: never = put;
        throw new Error(`Unknown change ${JSON.stringify(never)}`);
      }
    }
  }

  private follow(charge: Charge): void {
    const isUnfinished = charge.status === 'approved' || (charge.status === 'settled' && charge.later !== null);
    if (isUnfinished) this.unfinished.add(charge.id);
    else this.unfinished.delete(charge.id);
  }

  private forgetAll(): void {
    this.events = [];
    for (const kept of [
      this.checkouts,
      this.charges,
      this.methods,
      this.answers,
      this.blocked,
      this.undelivered,
      this.unfinished,
      this.checkoutByReference,
      this.chargeByReference,
      this.eventById,
    ]) {
      kept.clear();
    }
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= KEPT_MAX && !map.has(key)) throw new Error(`A sandbox keeps at most ${KEPT_MAX} of a kind`);
  map.set(key, value);
}
