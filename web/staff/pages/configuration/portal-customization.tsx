import { Textarea } from '@mantine/core';
import { Part } from '../../parts/show.tsx';
import { BrandFields } from './brand-fields.tsx';
import { ConfigurationPage } from './configuration-page.tsx';
import { FieldPlace, Fields, LongTextField, useField } from './fields.tsx';
import { PortalPreview } from './portal-preview.tsx';

const CSS_CHARS_MAX = 20_000;

/** What the biller's payer pages say and how they look, with the page itself beside it. */
export function PortalCustomization() {
  return (
    <ConfigurationPage sections={['portal']}>
      <PortalPreview />
      <Part title="Texts">
        <Fields isTwo>
          <LongTextField at="portal.texts.welcome.en" maxLength={2000} />
          <LongTextField at="portal.texts.welcome.es" maxLength={2000} />
        </Fields>
        <Fields isTwo>
          <LongTextField at="portal.texts.footer.en" maxLength={2000} />
          <LongTextField at="portal.texts.footer.es" maxLength={2000} />
        </Fields>
      </Part>
      <BrandFields />
      <Part title="CSS">
        <CssField />
        <details>
          <summary>What may be written here</summary>
          <div className="config-meaning">
            <p>
              Fonts, sizes from 13px, spacing, borders, rounded corners, and colours. Selectors are elements and the
              pages’ classes: .site .bar .brand .card .amount .money .button .quiet .step .progress .rows .acts and
              others.
            </p>
            <p>
              A rule that sets a colour sets the background with it, with a contrast of at least 4.5; everything inside
              it then takes these two colours. A picture goes into ::before or ::after as url(data:image/png;base64,…).
            </p>
            <p>
              What could hide, cover, move or fake what a payer must see, or load something from elsewhere, is refused
              with its line. Rules hold on this biller’s pages only.
            </p>
            <pre className="wire">{EXAMPLE}</pre>
          </div>
        </details>
      </Part>
    </ConfigurationPage>
  );
}

const EXAMPLE = `body { font-family: Georgia, serif }
header.site { background: #14324a; color: #ffffff; border-bottom: 4px solid #e0a030 }
.card { border-radius: 1rem; box-shadow: 0 2px 8px #cbd4dd }
.button { border-radius: 2rem }`;

function CssField() {
  const at = 'portal.css';
  const { value, put, bind, isFixed, warnings } = useField({ at });
  const css = String(value ?? '');
  return (
    <FieldPlace at={at} warnings={warnings}>
      <Textarea
        {...bind}
        classNames={{ input: 'wire-input' }}
        value={css}
        readOnly={isFixed}
        autosize
        minRows={6}
        maxRows={24}
        maxLength={CSS_CHARS_MAX}
        spellCheck={false}
        onChange={(event) => put(event.currentTarget.value)}
      />
    </FieldPlace>
  );
}
