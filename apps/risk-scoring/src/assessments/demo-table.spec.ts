import { attempt, lookUp, MRI, Scene, wormNames } from '../../test/observing.js';
import { assessmentEvent } from './assessment-event.js';
import { assessmentChanged } from '#events';

/** The table of the demo: what the worm of the ward shows second by second, and what it must come to. */
describe('the worm of the ward', () => {
  const scene = new Scene();
  const steps = [
    {
      second: 0.001,
      what: 'the gateway refuses 445/tcp',
      sees: [attempt(0.001, { peerAddress: '10.10.0.1', outcome: 'refused' })],
      logOdds: -34,
      level: 'none',
    },
    { second: 0.025, what: 'the first name', sees: [lookUp(0.025, wormNames[0]!)], logOdds: -18, level: 'watch' },
    { second: 0.225, what: 'the second name', sees: [lookUp(0.225, wormNames[1]!)], logOdds: -2, level: 'propose' },
    {
      second: 1.05,
      what: 'the next names and the first silences',
      sees: [
        lookUp(0.425, wormNames[2]!),
        attempt(0.05, { peerAddress: '10.10.0.2' }),
        attempt(0.1, { peerAddress: '172.20.5.5' }),
      ],
      logOdds: 13.1,
      level: 'isolate',
    },
  ];

  it.each(steps)('comes to $logOdds dB with $what: $level', ({ second, sees, logOdds, level }) => {
    for (const observation of sees) scene.sees(MRI, observation);
    const assessment = scene.assessment(MRI, second);
    expect(Math.round(assessment.logOdds * 10) / 10).toBeCloseTo(logOdds, 1);
    expect(assessment.level).toBe(level);
  });

  it('may act alone at the end, and says why in words and parts that sum up', () => {
    const assessment = scene.assessment(MRI, 1.05);
    expect(assessment.mayActAlone).toBe(true);
    expect(assessment.inWords).toBe('about 20 to 1 that it is infected');
    expect(assessment.sentence).toBe(
      'Tried 3 new addresses that did not answer and looked up 3 names of the Conficker worm.',
    );
    expect(assessment.parts.map(({ detector, cutBy, why }) => [detector, cutBy, why])).toEqual([
      ['scan', null, '445/tcp: 3 of 3 new addresses failed'],
      ['conficker-names', 'family', '3 names of 2026-01-05'],
    ]);
    expect(assessment.parts.map(({ withoutIt }) => Math.round(withoutIt * 10) / 10)).toEqual([-5, -21.9]);
    const sum = assessment.parts.reduce((total, part) => total + part.counted, 0);
    expect(sum).toBeCloseTo(assessment.counted, 9);
  });

  it('is told as a valid event, rounded to tenths', () => {
    const asOf = { epoch: 1, partition: 4, offset: '18211' };
    const event = assessmentEvent(MRI, scene.assessment(MRI, 1.05), asOf, Date.parse('2026-01-05T08:01:01.052Z'));
    expect(assessmentChanged.parse(event).data).toMatchObject({
      counted: 53.1,
      logOdds: 13.1,
      level: 'isolate',
      asOfOffset: '18211',
      firstEvidenceAt: '2026-01-05T08:01:00.001Z',
    });
  });
});
