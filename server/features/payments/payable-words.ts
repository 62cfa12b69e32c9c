/** Why something can't be paid, in the payer's words: what happened, what it means, what to do. */
export const payableWords = {
  en: {
    inDoubt: (amount: string) =>
      `A payment of ${amount} on this account is being checked with the processor. Please don’t pay again: it settles by itself, usually within minutes, and shows here.`,
    productOff: 'Online payment is not offered here. Please use the way shown on your bill.',
    stale:
      'We could not get your balance from your insurer just now, so it can’t be shown or paid. No money has been taken. Please try again in a few minutes, or call your insurer if your bill is due today.',
    partnerRefuses:
      'Your insurer does not take online payments on this account at the moment. Please call your insurer.',
    expired: 'The last day for paying this bill online has passed. Please call your insurer.',
    nothingDue: 'Nothing is due on this account.',
    noMethod: 'Neither cards nor bank accounts can be used on this account. Please call your insurer.',
    least: (amount: string) => `The least that can be paid this way is ${amount}.`,
    most: (amount: string) => `The most that can be paid this way at once is ${amount}.`,
    overBalance: (due: string) => `The amount is more than the ${due} due.`,
    noPartial: (due: string) => `This bill can only be paid in full: ${due}.`,
    notOffered: {
      'account-flag': (method: 'CC' | 'ACH') =>
        `Your insurer does not accept ${method === 'CC' ? 'cards' : 'bank accounts'} for this account.`,
      'invoice-type': (method: 'CC' | 'ACH') =>
        `${method === 'CC' ? 'Cards' : 'Bank accounts'} are not accepted for this kind of bill.`,
      'no-card-brand': () => 'No card is accepted for this bill.',
    },
  },
  es: {
    inDoubt: (amount: string) =>
      `Un pago de ${amount} en esta cuenta se está verificando con el procesador. No pague otra vez: se resuelve solo, normalmente en pocos minutos, y aparecerá aquí.`,
    productOff: 'Aquí no se ofrece el pago en línea. Use la forma de pago que indica su factura.',
    stale:
      'No pudimos obtener su saldo de su aseguradora, así que no se puede mostrar ni pagar. No se ha cobrado nada. Intente de nuevo en unos minutos, o llame a su aseguradora si su factura vence hoy.',
    partnerRefuses: 'Su aseguradora no acepta pagos en línea en esta cuenta en este momento. Llame a su aseguradora.',
    expired: 'Ya pasó el último día para pagar esta factura en línea. Llame a su aseguradora.',
    nothingDue: 'No hay nada que pagar en esta cuenta.',
    noMethod: 'En esta cuenta no se pueden usar tarjetas ni cuentas bancarias. Llame a su aseguradora.',
    least: (amount: string) => `Lo mínimo que se puede pagar de esta forma es ${amount}.`,
    most: (amount: string) => `Lo máximo que se puede pagar de una vez de esta forma es ${amount}.`,
    overBalance: (due: string) => `El monto es mayor que los ${due} que se deben.`,
    noPartial: (due: string) => `Esta factura solo se puede pagar completa: ${due}.`,
    notOffered: {
      'account-flag': (method: 'CC' | 'ACH') =>
        `Su aseguradora no acepta ${method === 'CC' ? 'tarjetas' : 'cuentas bancarias'} en esta cuenta.`,
      'invoice-type': (method: 'CC' | 'ACH') =>
        `${method === 'CC' ? 'Las tarjetas no se aceptan' : 'Las cuentas bancarias no se aceptan'} para este tipo de factura.`,
      'no-card-brand': () => 'No se acepta ninguna tarjeta para esta factura.',
    },
  },
} as const;
