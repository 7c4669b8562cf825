/** `aos disk`: what a world takes on disk. */
import { withAccess } from '../../access/with-access.js';
import type { Answer } from '../../output.js';
import { sizeText } from './sizes.js';

export function showDisk(path: string): Promise<Answer> {
  return withAccess(path, 'files', async (asked) => {
    const use = await asked.call('disk', {});
    const { journal_bytes, index_bytes, archive_bytes, segments, records, first } = use;
    const from = first === 0 ? '' : `, from record ${first} on`;
    return {
      data: { ...use },
      lines: [
        `journal    ${sizeText(journal_bytes)} in ${segments} segments`,
        `records    ${records}${from}, ${use.bytes_per_record} bytes of journal each`,
        `objects    ${use.objects}`,
        `snapshots  ${use.snapshots}`,
        `indexes    ${sizeText(index_bytes)}`,
        `archive    ${sizeText(archive_bytes)}`,
      ],
    };
  });
}
