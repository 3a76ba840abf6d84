export interface ZipInput {
  name: string;
  size: number;
  lastModified: Date;
  input: AsyncIterable<Uint8Array>;
}
export function makeZip(inputs: Iterable<ZipInput>): ReadableStream<Uint8Array>;
