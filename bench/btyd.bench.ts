/**
 * Customer-base fits against lifetimes 0.11.3 on the same CDNOW histories, each in fresh processes in turn, and what a million customers take.
 * A process fits once cold, then seven times (Pareto/NBD of lifetimes, which takes seconds: twice); `ratios` are medians of the later fits over all rounds, ours ÷ lifetimes,
 * compression to distinct histories included on our side; `cpuRatios` the same in processor time (compiling and collecting threads included), `coldRatios` and `coldCpuRatios` of first fits. The last line is JSON. `--rounds 3`, `--no-million`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cdnowMaster, million, writeCohort } from './btyd/cohort.ts';
import { peerEnvironment, peerPython } from './support/peers.ts';

interface Fitted {
  readonly cold: number;
  readonly coldCpu: number;
  readonly warm: readonly number[];
  /** Processor seconds of the same fits. */
  readonly cpu: readonly number[];
  readonly params: Readonly<Record<string, number | string>>;
}
interface Million {
  readonly fit: number;
  readonly predict: number;
  readonly explain: number;
  readonly peakMb: number;
}

const { values } = parseArgs({ options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '3' }, 'no-million': { type: 'boolean' } } });
const say = (line: string): void => { if (values.json !== true) console.log(line); };
const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
const folder = mkdtempSync(join(tmpdir(), 'tagcast-btyd-'));

const ours = (name: string, file: string): unknown => JSON.parse(lastLine(execFileSync(process.execPath, ['--import', 'tsx', here('btyd/child.ts'), name, file, '7'], { encoding: 'utf8' })));

try {
  const { name, cohort } = cdnowMaster();
  const file = join(folder, 'cohort.f64');
  writeCohort(file, cohort);
  const python = peerPython(['lifetimes']);
  const cases = ['bg_nbd', 'mbg_nbd', 'pareto_nbd', 'gamma_gamma'];
  const measured = cases.map((which) => {
    const [our, their]: [Fitted[], Fitted[]] = [[], []];
    for (let round = 0; round < Number(values.rounds); round++) {
      // In turn, so that whatever else the machine does meets both.
      their.push(JSON.parse(lastLine(execFileSync(python, [here('btyd/peer.py'), which, file, which === 'pareto_nbd' ? '2' : '7'], { encoding: 'utf8', env: peerEnvironment(1) }))) as Fitted);
      our.push(ours(which, file) as Fitted);
    }
    const [warm, peerWarm] = [our, their].map((list) => median(list.flatMap((one) => one.warm)));
    const [cpu, peerCpu] = [our, their].map((list) => median(list.flatMap((one) => one.cpu)));
    const [cold, peerCold] = [our, their].map((list) => median(list.map((one) => one.cold)));
    const [coldCpu, peerColdCpu] = [our, their].map((list) => median(list.map((one) => one.coldCpu)));
    // The same optimum, or the comparison means nothing. lifetimes calls γ of Gamma-Gamma v; on the ridge of Pareto/NBD only r is compared.
    const apart = Object.entries(their[0].params).map(([key, value]) => Math.abs(Number(our[0].params[key === 'v' ? 'gamma' : key]) / Number(value) - 1));
    const off = which === 'pareto_nbd' ? apart[0] : Math.max(...apart);
    if (!(off < 2e-3)) throw new Error(`${which}: parameters differ by ${off} from those of lifetimes`);
    say(`${which}: ours ${(1000 * warm).toFixed(1)} ms (first ${(1000 * cold).toFixed(0)}), lifetimes ${(1000 * peerWarm).toFixed(0)} ms (first ${(1000 * peerCold).toFixed(0)}), ratio ${(warm / peerWarm).toFixed(3)}`);
    return { case: which, seconds: warm, peerSeconds: peerWarm, cpuSeconds: cpu, cpuPeerSeconds: peerCpu, coldSeconds: cold, coldPeerSeconds: peerCold, coldCpuSeconds: coldCpu, coldCpuPeerSeconds: peerColdCpu };
  });
  const large = join(folder, 'million.f64');
  const millions: Record<string, Million> = {};
  if (values['no-million'] !== true) {
    writeCohort(large, million());
    for (const kind of ['bg_nbd', 'mbg_nbd', 'pareto_nbd', 'gamma_gamma', 'btyd_value', 'mbg_cnbd_k']) {
      const runs = Array.from({ length: Number(values.rounds) }, () => ours(`estimator:${kind}`, large) as Million);
      const of = (key: keyof Million): number => median(runs.map((run) => run[key]));
      millions[kind] = { fit: of('fit'), predict: of('predict'), explain: of('explain'), peakMb: of('peakMb') };
      say(`1,000,000 customers, ${kind}: fit ${of('fit').toFixed(2)} s, predict ${of('predict').toFixed(2)} s, reasons ${of('explain').toFixed(2)} s, peak ${of('peakMb')} MB`);
    }
  }
  console.log(JSON.stringify({
    bench: 'btyd', data: name,
    ratios: measured.map((one) => ({ case: one.case, ratio: one.seconds / one.peerSeconds })),
    cpuRatios: measured.map((one) => ({ case: one.case, ratio: one.cpuSeconds / one.cpuPeerSeconds })),
    coldRatios: measured.map((one) => ({ case: one.case, ratio: one.coldSeconds / one.coldPeerSeconds })),
    coldCpuRatios: measured.map((one) => ({ case: one.case, ratio: one.coldCpuSeconds / one.coldCpuPeerSeconds })),
    medians: measured, million: millions,
  }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
