import type { Orphan } from '../../src/domain/access-drift.ts';
import { personRef } from '../../src/domain/environment-views.ts';
import { holdingInWords } from '../../src/domain/holdings.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { NoticeView } from '../../src/domain/views.ts';

/** What administrators have to hear of one system. */
export type AccessNews = { system: string } & (
  | { kind: 'silent' }
  | { kind: 'doubtful'; because: 'empty' | 'many'; changes: number; of: number }
  | { kind: 'orphans'; taken: Orphan[]; left: Orphan[] }
);

const MOST_LINES = 10;

export function newsNotice(news: AccessNews, directory: DirectorySnapshot): NoticeView {
  const { system } = news;
  switch (news.kind) {
    case 'silent':
      return warning(
        `“${system}” has not said for three hours who has access there, so nobody looks whether it is as it should be.`,
        ['I go on asking every hour. Look whether it is there, and whether I may still ask it.'],
      );
    case 'doubtful':
      return warning(doubt(news), [
        `I change nothing until that is different. Look in “${system}” whether it is true.`,
      ]);
    case 'orphans':
      return warning(
        news.left.length === 0
          ? `In “${system}” I took away what was left of requests that are over.`
          : `In “${system}” people have what no request gives them any more.`,
        [
          ...linesOf(news.taken, directory, 'taken away'),
          ...linesOf(news.left, directory, 'still there'),
          ...(news.left.length === 0
            ? []
            : ['If they should not have it, take it away there. I say this once and change nothing.']),
        ],
      );
  }
}

function doubt({ system, because, changes, of }: { system: string } & Doubt): string {
  if (because === 'empty') {
    return `“${system}” says that nobody has anything there that I give for a while, and by what I noted ${of} should.`;
  }
  return `By what “${system}” says, the access of ${changes} of ${of} people there would have to change at once.`;
}

interface Doubt {
  because: 'empty' | 'many';
  changes: number;
  of: number;
}

function linesOf(rows: Orphan[], directory: DirectorySnapshot, what: string): string[] {
  const lines = rows
    .slice(0, MOST_LINES)
    .map(
      ({ person, holding }) => `${personRef(directory, person).name}: ${holdingInWords(holding)}, ${what}`,
    );
  const more = rows.length - lines.length;
  return more > 0 ? [...lines, `… and ${more} more, ${what}: see access.look in the audit`] : lines;
}

function warning(text: string, details: string[]): NoticeView {
  return { kind: 'notice', tone: 'warning', text, details };
}
