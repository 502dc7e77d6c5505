import fc from 'fast-check';

const MARKUP =
  '# ## - * + 1. 2) > --- === ``` ~~~ ` [ ] ( ) ]( ![ [^1] [x]: < > <b> </b> <!-- --> <script> & &lt; &#35; \\ ** _ __ ' +
  `~~ | |-|-| $ @ : ! ^ { } " ' https://e.example.test www.e.example.test mailto:a@e.example.test ftp:// // . word x 1 142`;
const SPACES = [' ', '    ', '\t', '\n', '\n\n', '\r\n', '\u00a0', '\u2028'];
const ODD = ['\0', '\u202e', '\u200b', '\ud83d', '👩‍👩‍👧‍👦', '漢字', 'ß'];

/** What somebody types who wants to be more than text, in every combination. */
export function hostileText(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(...MARKUP.split(' '), ...SPACES, ...ODD);
  const pieces = fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 12 });
  return pieces.map((parts) => parts.join(''));
}
