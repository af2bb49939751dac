/** The fields of a protobuf message (Protocol Buffers encoding, wire types 0, 1, 2 and 5), as far as looking into an ONNX file needs them. */

export interface Field {
  readonly number: number;
  /** Wire type 0. */
  readonly varint?: number;
  /** Wire type 2: a text, a message or packed numbers. */
  readonly bytes?: Uint8Array;
}

/** @throws RangeError for bytes that are no message. */
export function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= bytes.length) throw new RangeError('the bytes end inside a number');
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a number has more than ten bytes');
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new RangeError(`${length} bytes are announced and ${bytes.length - at} are there`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (number === 0) throw new RangeError('a field has the number 0');
    const wire = tag % 8;
    if (wire === 0) fields.push({ number, varint: varint() });
    else if (wire === 1) fields.push({ number, bytes: take(8) });
    else if (wire === 2) fields.push({ number, bytes: take(varint()) });
    else if (wire === 5) fields.push({ number, bytes: take(4) });
    else throw new RangeError(`a field has the wire type ${wire}`);
  }
  return fields;
}

export const messages = (fields: readonly Field[], number: number): Uint8Array[] => fields.flatMap((field) => (field.number === number && field.bytes !== undefined ? [field.bytes] : []));

export function textOf(fields: readonly Field[], number: number): string {
  const [bytes] = messages(fields, number);
  return bytes === undefined ? '' : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
