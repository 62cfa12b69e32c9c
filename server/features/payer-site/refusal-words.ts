import { formatDollars } from '../../platform/money.ts';
import type { Problem } from '../../platform/problems.ts';
import type { Locale } from './contract.ts';

type Told =
  | 'fee-changed'
  | 'authorization-changed'
  | 'payment-in-doubt'
  | 'payment-under-way'
  | 'already-paid'
  | 'possible-duplicate';

type Say = Readonly<Record<Told | 'nothingTaken' | 'other', string>>;

/** `{…}` are amounts of money in the problem's details. */
const SAY: Readonly<Record<Locale, Say>> = {
  en: {
    'fee-changed':
      'The fee has changed: it was {seenCents}, it is now {nowCents}. No money has been taken. Check the total, then pay.',
    'authorization-changed':
      'What you agree to has changed since you read it. No money has been taken. Read it again, then pay.',
    'payment-in-doubt':
      'An earlier payment of {amount} is still being confirmed by the processor. Please don’t pay again: it settles by itself, usually within minutes, and your bill shows it.',
    'payment-under-way':
      'Another payment of this bill is being started this moment. Wait a few seconds, then look at your bill.',
    'already-paid': 'Your earlier payment of {amount} went through. No second payment has been taken.',
    'possible-duplicate':
      'You paid {amount} on this account minutes ago. No second payment has been taken. If you mean to pay it again, tick the box, then pay.',
    nothingTaken: 'No money has been taken.',
    other:
      'This could not be paid as it stands. Nothing was charged by this step. Change it, or start again from your bill.',
  },
  es: {
    'fee-changed':
      'El cargo por servicio cambió: era {seenCents} y ahora es {nowCents}. No se ha cobrado nada. Revise el total y pague.',
    'authorization-changed':
      'Lo que usted autoriza cambió desde que lo leyó. No se ha cobrado nada. Léalo otra vez y pague.',
    'payment-in-doubt':
      'Un pago anterior de {amount} todavía se está confirmando con el procesador. No pague otra vez: se resuelve solo, normalmente en pocos minutos, y su factura lo mostrará.',
    'payment-under-way':
      'Otro pago de esta factura se está iniciando en este momento. Espere unos segundos y mire su factura.',
    'already-paid': 'Su pago anterior de {amount} se hizo. No se ha cobrado un segundo pago.',
    'possible-duplicate':
      'Usted pagó {amount} en esta cuenta hace unos minutos. No se ha cobrado un segundo pago. Si quiere pagar otra vez, marque la casilla y pague.',
    nothingTaken: 'No se ha cobrado nada.',
    other: 'Así no se puede pagar. Este paso no cobró nada. Cámbielo, o empiece otra vez desde su factura.',
  },
};

/** Why a payment was not taken, in the reader's language: the problem's own sentence is written for staff and programs. */
export function refusalWords(problem: Problem, locale: Locale): string {
  const say = SAY[locale];
  const { details } = problem;
  switch (problem.code) {
    case 'fee-changed':
    case 'authorization-changed':
    case 'payment-in-doubt':
    case 'payment-under-way':
    case 'already-paid':
    case 'possible-duplicate':
      return say[problem.code].replace(/\{(\w+)\}/g, (_whole, name: string) => moneyIn(details[name]));
    case 'cannot-be-paid':
      return String(details.why);
    case 'method-not-offered':
    case 'amount-not-allowed':
      return `${String(details.why)} ${say.nothingTaken}`;
    default:
      return say.other;
  }
}

function moneyIn(value: unknown): string {
  return typeof value === 'number' ? formatDollars(value) : String(value ?? '');
}
