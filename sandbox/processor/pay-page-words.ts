/** The page's words in both languages. Short sentences; each error says what to do. */
export interface Words {
  sandbox: string;
  payTo: string;
  saveFor: string;
  pay: string;
  save: string;
  cancel: string;
  cardHeading: string;
  bankHeading: string;
  cardHolder: string;
  holder: string;
  cardNumber: string;
  expiry: string;
  expiryHint: string;
  code: string;
  codeHint: string;
  zip: string;
  routing: string;
  routingHint: string;
  account: string;
  accountType: string;
  checking: string;
  savings: string;
  remember: string;
  testNumbers: string;
  testHint: string;
  use: string;
  bankRouting: string;
  errorTitle: string;
  errorHeading: string;
  errors: Record<FieldError, string>;
  closed: Record<'completed' | 'processing' | 'cancelled' | 'expired' | 'missing', string>;
  back: string;
  trouble: string;
  troubleNext: string;
}

export type FieldError =
  | 'holder'
  | 'cardNumber'
  | 'cardUnknown'
  | 'cardBrand'
  | 'expiry'
  | 'expiryPast'
  | 'code'
  | 'zip'
  | 'routing'
  | 'account'
  | 'accountUnknown'
  | 'accountType'
  | 'declined';

const en: Words = {
  sandbox: 'Sandbox: no real money moves. Do not type a real number.',
  payTo: 'Pay',
  saveFor: 'Save a way to pay',
  pay: 'Pay',
  save: 'Save',
  cancel: 'Cancel and go back',
  cardHeading: 'Card details',
  bankHeading: 'Bank account',
  cardHolder: 'Name on the card',
  holder: 'Name on the account',
  cardNumber: 'Card number',
  expiry: 'Expiry date',
  expiryHint: 'Month and year, for example 08/29',
  code: 'Security code',
  codeHint: '3 digits on the back; American Express has 4 on the front',
  zip: 'Billing ZIP code',
  routing: 'Routing number',
  routingHint: '9 digits, at the bottom left of a check',
  account: 'Account number',
  accountType: 'Type of account',
  checking: 'Checking',
  savings: 'Savings',
  remember: 'Remember this for next time',
  testNumbers: 'Test numbers',
  testHint: 'Press one to fill the form. Any future date, security code and ZIP code will do.',
  use: 'Use',
  bankRouting: 'Routing number for all of them:',
  errorTitle: 'Error: ',
  errorHeading: 'Please check the form. You have not been charged.',
  errors: {
    holder: 'Enter the name as your bank has it',
    cardNumber: 'This is not a valid card number. Check the digits and type it again',
    cardUnknown: 'This is a sandbox: use a card number from the list of test numbers',
    cardBrand: 'This biller does not take this card. Use another one',
    expiry: 'Enter the expiry date as month and year, for example 08/29',
    expiryPast: 'This card has expired. Use another one',
    code: 'Enter the security code: 3 digits, or 4 for American Express',
    zip: 'Enter the ZIP code: 5 digits',
    routing: 'This is not a valid routing number. It has 9 digits; check each of them',
    account: 'Enter the account number: 4 to 17 digits',
    accountUnknown: 'This is a sandbox: use an account number from the list of test numbers',
    accountType: 'Choose checking or savings',
    declined: 'This was refused. Use another way to pay',
  },
  closed: {
    completed: 'This page has been used. Go back to see what came of it.',
    processing: 'Your payment is being processed. Do not pay again. Go back to see what comes of it.',
    cancelled: 'This payment was cancelled. You have not been charged.',
    expired: 'This page is too old. You have not been charged.',
    missing: 'There is no payment at this address. Check the link.',
  },
  back: 'Go back',
  trouble: 'Something went wrong at the processor',
  troubleNext: 'We cannot say here whether the payment was made. Do not pay again: go back, your biller will find out.',
};

const es: Words = {
  sandbox: 'Entorno de prueba: no se mueve dinero real. No escriba un número real.',
  payTo: 'Pagar a',
  saveFor: 'Guardar una forma de pago',
  pay: 'Pagar',
  save: 'Guardar',
  cancel: 'Cancelar y volver',
  cardHeading: 'Datos de la tarjeta',
  bankHeading: 'Cuenta bancaria',
  cardHolder: 'Nombre en la tarjeta',
  holder: 'Nombre del titular',
  cardNumber: 'Número de tarjeta',
  expiry: 'Fecha de vencimiento',
  expiryHint: 'Mes y año, por ejemplo 08/29',
  code: 'Código de seguridad',
  codeHint: '3 dígitos al dorso; American Express tiene 4 al frente',
  zip: 'Código postal de facturación',
  routing: 'Número de ruta',
  routingHint: '9 dígitos, abajo a la izquierda en un cheque',
  account: 'Número de cuenta',
  accountType: 'Tipo de cuenta',
  checking: 'Corriente',
  savings: 'De ahorros',
  remember: 'Recordar para la próxima vez',
  testNumbers: 'Números de prueba',
  testHint: 'Pulse uno para llenar el formulario. Sirve cualquier fecha futura, código de seguridad y código postal.',
  use: 'Usar',
  bankRouting: 'Número de ruta para todas:',
  errorTitle: 'Error: ',
  errorHeading: 'Revise el formulario. No se le ha cobrado.',
  errors: {
    holder: 'Escriba el nombre como lo tiene su banco',
    cardNumber: 'Este número de tarjeta no es válido. Revise los dígitos y escríbalo otra vez',
    cardUnknown: 'Este es un entorno de prueba: use un número de tarjeta de la lista',
    cardBrand: 'Este emisor no acepta esta tarjeta. Use otra',
    expiry: 'Escriba la fecha de vencimiento como mes y año, por ejemplo 08/29',
    expiryPast: 'Esta tarjeta está vencida. Use otra',
    code: 'Escriba el código de seguridad: 3 dígitos, o 4 para American Express',
    zip: 'Escriba el código postal: 5 dígitos',
    routing: 'Este número de ruta no es válido. Tiene 9 dígitos; revise cada uno',
    account: 'Escriba el número de cuenta: de 4 a 17 dígitos',
    accountUnknown: 'Este es un entorno de prueba: use un número de cuenta de la lista',
    accountType: 'Elija corriente o de ahorros',
    declined: 'Fue rechazado. Use otra forma de pago',
  },
  closed: {
    completed: 'Esta página ya se usó. Vuelva para ver el resultado.',
    processing: 'Su pago se está procesando. No pague otra vez. Vuelva para ver el resultado.',
    cancelled: 'Este pago se canceló. No se le ha cobrado.',
    expired: 'Esta página es demasiado antigua. No se le ha cobrado.',
    missing: 'No hay ningún pago en esta dirección. Revise el enlace.',
  },
  back: 'Volver',
  trouble: 'Algo falló en el procesador',
  troubleNext: 'Aquí no podemos decir si el pago se hizo. No pague otra vez: vuelva, su emisor lo averiguará.',
};

export const WORDS = { en, es };
