import { Button, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { accentColours, contrast, parse } from '../../../payer/accent.ts';
import { Part } from '../../parts/show.tsx';
import { size } from '../../say.ts';
import { FieldPlace, Fields, TextField, useField } from './fields.tsx';
import { useForm } from './form.ts';

/** As base64 it stays under what the field holds. */
const LOGO_BYTES_MAX = 149_000;
const LOGO_TYPES = ['image/png', 'image/svg+xml', 'image/webp'];
const CONTRAST_MIN = 4.5;

/** The biller's name, colour and logo as payers meet them. */
export function BrandFields() {
  return (
    <Part title="Branding">
      <Fields>
        <TextField at="profile.brand.displayName" maxLength={120} />
        <AccentColour />
        <Logo />
      </Fields>
    </Part>
  );
}

function AccentColour() {
  const at = 'profile.brand.accentColour';
  const { value, put, bind, isFixed, warnings } = useField({ at });
  const colour = String(value ?? '');
  const isColour = /^#[0-9a-f]{6}$/i.test(colour);
  return (
    <FieldPlace at={at} warnings={warnings}>
      <TextInput
        {...bind}
        value={colour}
        readOnly={isFixed}
        onChange={(event) => put(event.currentTarget.value)}
        rightSection={
          <input
            type="color"
            className="config-colour"
            aria-label="Choose the accent colour"
            value={isColour ? colour.toLowerCase() : '#000000'}
            disabled={isFixed}
            onChange={(event) => put(event.currentTarget.value)}
          />
        }
        rightSectionWidth={52}
      />
      {isColour && <Contrast hex={colour} />}
    </FieldPlace>
  );
}

/** How it reads: the contrast on white, and what the pages make of it where that is too little. */
function Contrast({ hex }: { hex: string }) {
  const onWhite = contrast(parse(hex), parse('#ffffff'));
  const made = accentColours(hex);
  const isKept = made.light.toLowerCase() === hex.toLowerCase();
  return (
    <div className="config-contrast" role="status">
      <span className="config-swatch" style={{ background: made.light, color: made.onLight }}>
        Pay $128.40
      </span>
      <span className="config-swatch" style={{ background: made.dark, color: made.onDark }}>
        Pay $128.40
      </span>
      <span>
        {`Contrast with white ${onWhite.toFixed(1)} : 1`}
        {isKept
          ? ` (${CONTRAST_MIN} is needed): used as it is. `
          : `, and ${CONTRAST_MIN} is needed: payers see ${made.light} on light pages. `}
        On dark pages {made.dark}.
      </span>
    </div>
  );
}

function Logo() {
  const at = 'profile.brand.logo';
  const { value, put, bind, isFixed, warnings } = useField({ at });
  const { draft } = useForm();
  const [why, setWhy] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const logo = String(value ?? '');
  const take = async (file: File | undefined) => {
    if (!file) return;
    const fault = logoFault(file);
    setWhy(fault);
    if (!fault) put(await dataUrlOf(file));
  };
  const told = [why, bind.error].filter(Boolean).join(' ');
  return (
    <FieldPlace at={at} warnings={warnings}>
      <span className="config-label" id={`${bind.id}-label`}>
        {bind.label}
      </span>
      <div className="config-logo">
        {logo ? (
          <img src={logo} alt={`Logo of ${draft.profile.brand.displayName}`} />
        ) : (
          <span className="soft">No logo: the display name stands in its place.</span>
        )}
      </div>
      {told && (
        <p role="alert" className="problem config-field-warning">
          {told}
        </p>
      )}
      {!isFixed && (
        <div className="acts">
          <Button
            variant="default"
            size="compact-xs"
            aria-describedby={`${bind.id}-label`}
            onClick={() => input.current?.click()}
          >
            {logo ? 'Replace the logo' : 'Choose a logo'}
          </Button>
          {logo && (
            <Button variant="default" size="compact-xs" onClick={() => put('')}>
              Take the logo out
            </Button>
          )}
          <input
            ref={input}
            type="file"
            hidden
            aria-label="Logo file"
            accept={LOGO_TYPES.join(',')}
            onChange={(event) => {
              void take(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
        </div>
      )}
    </FieldPlace>
  );
}

function logoFault(file: File): string | undefined {
  if (!LOGO_TYPES.includes(file.type)) return `${file.name} is not a PNG, SVG or WebP image.`;
  if (file.size > LOGO_BYTES_MAX)
    return `${file.name} has ${size(file.size)}; a logo has at most ${size(LOGO_BYTES_MAX)}.`;
  return undefined;
}

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('the file could not be read'));
    reader.readAsDataURL(file);
  });
}
