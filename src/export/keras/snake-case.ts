/** A class's name as Keras writes it in paths: `SeparableConv2D` is `separable_conv2d`, `PReLU` is `p_re_lu`. */
export const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
