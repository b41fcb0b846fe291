// WGSL of access to tensors [..., C] by four channels from c on: as they lie in memory where C is a multiple of four, one by
// one elsewhere, with zeros past the last channel. `params.channels` is C.

/** A binding that is read, and `NAME_at(i, c)`: the four numbers from place i on, which are channels c to c + 3. */
export function readChannels(name: string, binding: number, four: boolean): string {
  const declaration = `@group(0) @binding(${binding}) var<storage, read> ${name}: array<${four ? 'vec4f' : 'f32'}>;`;
  const body = four
    ? `return ${name}[i / 4u];`
    : `var values: vec4f;
  for (var j = 0u; j < 4u; j++) {
    if (c + j < params.channels) { values[j] = ${name}[i + j]; }
  }
  return values;`;
  return `${declaration}
fn ${name}_at(i: u32, c: u32) -> vec4f {
  ${body}
}`;
}

/** A binding `out` that is written, and `store(i, c, values)`; more of them by another name. */
export function writeChannels(binding: number, four: boolean, name = 'out'): string {
  const declaration = `@group(0) @binding(${binding}) var<storage, read_write> ${name}: array<${four ? 'vec4f' : 'f32'}>;`;
  const body = four
    ? `if (c < params.channels) { ${name}[i / 4u] = values; }`
    : `for (var j = 0u; j < 4u; j++) {
    if (c + j < params.channels) { ${name}[i + j] = values[j]; }
  }`;
  const suffix = name === 'out' ? '' : `_${name}`;
  return `${declaration}
fn store${suffix}(i: u32, c: u32, values: vec4f) {
  ${body}
}`;
}
