import {
  type ButtonProps,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type MantineTheme,
} from '@mantine/core';

/** The house's blue, from the palest to the darkest; filled parts take the eighth in light and the third in dark. */
const causeway: MantineColorsTuple = [
  '#eaf2f9',
  '#d3e4f2',
  '#b1d2ee',
  '#8cc4f5',
  '#5ea5de',
  '#3d87c4',
  '#2b70ab',
  '#1f5a8c',
  '#184a74',
  '#103554',
];

/** For what can't be undone. */
const danger: MantineColorsTuple = [
  '#fcebec',
  '#f9d3d5',
  '#fcb6ba',
  '#ff9ea3',
  '#ee6d74',
  '#d94850',
  '#c22d35',
  '#a51d24',
  '#84151b',
  '#5c0d12',
];

export const theme = createTheme({
  colors: { causeway, danger },
  primaryColor: 'causeway',
  primaryShade: { light: 7, dark: 3 },
  // Filled parts are dark in the light scheme and pale in the dark one: what stands on them is the other way round.
  variantColorResolver: (input) => {
    const resolved = defaultVariantColorsResolver(input);
    return input.variant === 'filled' ? { ...resolved, color: 'var(--on-filled)' } : resolved;
  },
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.875rem' } },
  },
  respectReducedMotion: true,
  components: {
    Checkbox: { vars: () => ({ root: { '--checkbox-icon-color': 'var(--on-filled)' } }) },
    Radio: { vars: () => ({ root: { '--radio-icon-color': 'var(--on-filled)' } }) },
    Button: {
      defaultProps: { size: 'xs' },
      // The smallest is still 24 px high: less is hard to tap (WCAG 2.2, 2.5.8).
      vars: (_theme: MantineTheme, props: ButtonProps) => ({
        root: props.size === 'compact-xs' ? { '--button-height': '1.5rem' } : {},
      }),
    },
    TextInput: { defaultProps: { size: 'sm' } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
  },
});

/** Mantine's own greys are too pale for small text: these hold 4.5:1 and more, in both schemes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--on-filled': '#ffffff',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#17212b',
    '--mantine-color-dimmed': '#4d5b69',
    '--mantine-color-placeholder': '#5d6b79',
    '--mantine-color-error': '#a51d24',
    '--mantine-color-default-border': '#b6c1cc',
    '--mantine-color-anchor': '#1f5a8c',
  },
  dark: {
    '--on-filled': '#0b1116',
    '--mantine-color-body': '#11171d',
    '--mantine-color-text': '#e8eef4',
    '--mantine-color-dimmed': '#abb8c5',
    '--mantine-color-placeholder': '#97a5b3',
    '--mantine-color-error': '#ff9ea3',
    '--mantine-color-default-border': '#46535f',
    '--mantine-color-default': '#1a232c',
    '--mantine-color-default-hover': '#232e38',
    '--mantine-color-anchor': '#8cc4f5',
    // Fields, menus and lines take their greys from the palette: ours, not brownish ones.
    '--mantine-color-dark-4': '#46535f',
    '--mantine-color-dark-5': '#232e38',
    '--mantine-color-dark-6': '#1a232c',
    '--mantine-color-dark-7': '#11171d',
  },
});
